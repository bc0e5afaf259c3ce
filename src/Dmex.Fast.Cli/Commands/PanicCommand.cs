using System.CommandLine;
using System.Globalization;
using Dmex.Fast.Cli.Input;
using Dmex.Fast.Cli.Output;

namespace Dmex.Fast.Cli.Commands;

/// <summary><c>dmex panic</c>: fires every cancel of a book file, or signs and fires those of given hashes, and prints the report.</summary>
internal static class PanicCommand
{
    private const int StandardTimeoutSeconds = 10;
    private const int MaxTimeoutSeconds = 3_600;
    private const int MaxConnections = 16;

    /// <summary>The command with its options and action.</summary>
    public static Command Create()
    {
        var book = new Option<FileInfo?>("--book")
        {
            HelpName = "FILE",
            Description = "The book of armed cancels to fire; no key is needed.",
        };
        var hashes = new Option<string?>("--hashes")
        {
            HelpName = "FILE",
            Description = "A file with order hashes, one a line, to sign and fire; - reads them from standard input.",
        };
        var url = new Option<string?>("--url")
        {
            HelpName = "URL",
            Description = "The venue: wss://, or ws:// without encryption. The book's own, or the documented one, unless given.",
        };
        var allowEndpoint = new Option<bool>("--allow-endpoint")
        {
            Description = "Fire the book at --url though its orders were armed for another endpoint.",
        };
        var roots = new Option<FileInfo?>("--ca")
        {
            HelpName = "FILE",
            Description = "PEM file with the certificates to trust in place of the system's.",
        };
        var scope = new Option<string?>("--scope")
        {
            HelpName = "MASK:VALUE",
            Description = "Only orders with (tag & MASK) == VALUE; both in hex. All unless given.",
        };
        var timeout = NumberOption.Create(
            "--timeout", StandardTimeoutSeconds, 1, MaxTimeoutSeconds, "Seconds to wait for the connection, and again for the answers.");
        var connections = NumberOption.Create("--connections", 2, 1, MaxConnections, "How many connections to use.");
        var broadcast = new Option<bool>("--broadcast") { Description = "Send every cancel on each connection, not on one of them." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Print what would go, one order a line, and send nothing." };
        var keyFile = KeySource.CreateOption();
        var command = new Command(
            "panic",
            "Cancels all orders of a book file, or of given hashes, at once, and prints the report. The exit code is that of the worst outcome.")
        {
            book,
            hashes,
            url,
            allowEndpoint,
            roots,
            scope,
            timeout,
            connections,
            broadcast,
            dryRun,
            keyFile,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var covered = ParseScope(parsed.GetValue(scope));
            using var source = await PanicSource.OpenAsync(
                parsed.GetValue(book), parsed.GetValue(hashes), parsed.GetValue(url), parsed.GetValue(keyFile), cancellationToken);
            if (parsed.GetValue(dryRun))
            {
                return (int)WriteOrders(source.Book, covered);
            }

            var limit = TimeSpan.FromSeconds(parsed.GetValue(timeout));
            var options = ConnectOptions.Create(source.Url, parsed.GetValue(roots), limit, orders: 0);
            options.Connections = parsed.GetValue(connections);
            options.Book = source.Book;
            options.AllowBookOfOtherEndpoint = parsed.GetValue(allowEndpoint);
            RequireEndpoint(options);
            await using var client = await ConnectOptions.ConnectAsync(options, source.Key, cancellationToken);
            await AllReadyAsync(client, cancellationToken);
            var sharing = parsed.GetValue(broadcast) ? PanicSharing.Broadcast : PanicSharing.Shard;

            // Not the command's token: an interrupted panic still has a report.
            var report = await client.PanicAsync(covered, new PanicOptions { Timeout = limit, Sharing = sharing }, CancellationToken.None);
            return (int)WriteReport(report);
        });
        return command;
    }

    /// <summary>Reads <c>MASK:VALUE</c>.</summary>
    /// <exception cref="CommandException">It is not two hex numbers, or no tag would match.</exception>
    internal static BookScope ParseScope(string? text)
    {
        if (text is null)
        {
            return BookScope.All;
        }

        var parts = text.Split(':');
        if (parts.Length != 2 || !TryParseHex(parts[0], out var mask) || !TryParseHex(parts[1], out var value))
        {
            throw new CommandException(
                ExitCode.BadInput, $"--scope '{text}' is not MASK:VALUE.", "Give two numbers in hex, as in --scope 0xff:0x01.");
        }

        try
        {
            return new BookScope(mask, value);
        }
        catch (ArgumentException error)
        {
            throw new CommandException(ExitCode.BadInput, error.Message, "VALUE has only bits that MASK has.", error);
        }
    }

    private static bool TryParseHex(string text, out ulong value) => ulong.TryParse(
        text.StartsWith("0x", StringComparison.Ordinal) ? text.AsSpan(2) : text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);

    private static void RequireEndpoint(DmexClientOptions options)
    {
        if (!options.AllowBookOfOtherEndpoint && options.Book!.Endpoint != options.Endpoint)
        {
            throw new CommandException(
                ExitCode.BadInput,
                $"The book's orders were armed for {options.Book.Endpoint}, and --url is {options.Endpoint}. Nothing was sent.",
                "Leave --url out, or add --allow-endpoint if this is the same venue by another name.");
        }
    }

    // One connection is enough to go ahead; the others get a moment, because a panic shares the work.
    private static async Task AllReadyAsync(DmexClient client, CancellationToken cancellationToken)
    {
        for (var i = 0; i < 20 && client.Connections.Any(c => c.State is ConnectionState.Connecting or ConnectionState.Preparing); i++)
        {
            await Task.Delay(10, cancellationToken);
        }
    }

    private static ExitCode WriteOrders(CancelBook book, BookScope scope)
    {
        var orders = book.ListOrders(scope);
        foreach (var order in orders)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{order.Hash} tag 0x{order.Tag:x16} priority {order.Priority} {order.State.ToString().ToLowerInvariant()}"));
        }

        Console.Error.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{orders.Count} orders of {book.Account} would be canceled at {book.Endpoint}. Nothing was sent."));
        return ExitCode.Done;
    }

    private static ExitCode WriteReport(in PanicReport report)
    {
        WriteLine($"orders            {report.Orders}");
        WriteLine($"written           {report.Written}");
        WriteLine($"confirmed         {report.Confirmed}");
        WriteLine($"already gone      {report.AlreadyGone}");
        WriteLine($"not found         {report.NotFound}");
        WriteLine($"rejected          {report.Rejected}");
        WriteLine($"unresolved        {report.Unresolved}");
        WriteLine($"put off           {report.PutOff}");
        WriteLine($"sent again        {report.Resent}");
        WriteLine($"first byte        {Format(report.FirstByte)}");
        WriteLine($"last byte         {Format(report.LastByte)}");
        WriteLine($"last confirmation {Format(report.LastConfirmation)}");
        foreach (var order in report.UnresolvedOrders ?? [])
        {
            WriteLine($"unresolved {order}");
        }

        var open = report.Unresolved + report.NotFound;
        if (open > 0)
        {
            ErrorText.Write(
                "At least one order may still be open.", "Run the same command again: a cancel can be sent twice without harm.");
        }

        return ExitCodes.Worse(
            report.Rejected > 0 ? ExitCode.Rejected : ExitCode.Done, open > 0 ? ExitCode.StillOpen : ExitCode.Done);
    }

    private static void WriteLine(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    private static string Format(TimeSpan? time) =>
        time is { } known ? string.Create(CultureInfo.InvariantCulture, $"{known.TotalMilliseconds:0.000} ms") : "–";
}
