using System.CommandLine;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Dmex.Fast.Cli.Output;
using Dmex.Fast.Keys.Files;

namespace Dmex.Fast.Cli.Input;

/// <summary>The flags of the commands that connect to a venue, and the client's options that they make.</summary>
internal sealed class ConnectFlags
{
    private const int MaxTokenBytes = 8192;
    private const string Authorization = "Authorization";

    // A command ends soon after its report, also when the venue does not take part in closing.
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromMilliseconds(250);

    private readonly Option<FileInfo?> _roots = new("--ca")
    {
        HelpName = "FILE",
        Description = "PEM file with the certificates to trust in place of the system's.",
    };

    private readonly Option<string[]> _headers = new("--header")
    {
        HelpName = "NAME:VALUE",
        Description = "A further header of the handshake; may be given more than once. Other users of the machine can read it: "
            + "for a secret, use --token-file.",
        DefaultValueFactory = _ => [],
    };

    private readonly Option<FileInfo?> _token = new("--token-file")
    {
        HelpName = "FILE",
        Description = "File with a token, readable by its owner alone, that is sent as 'Authorization: Bearer …'.",
    };

    private readonly Option<FileInfo?> _rules = new("--rules")
    {
        HelpName = "FILE",
        Description = "JSON file with rules for the venue's replies, tried before the built-in tables; docs/replies.md has the format.",
    };

    private readonly Option<int> _rate = NumberOption.Create(
        "--rate", 0, 1, 1_000_000, "Cancels that the account may send in a second, copies among them; no limit unless given.");

    /// <summary>How the venue is named; what precedes the first full stop is for this command.</summary>
    public static Option<string?> CreateUrl(string description) => new("--url")
    {
        HelpName = "URL",
        Description = $"{description} Give wss://, or ws:// without encryption; {VenueUrl.Documented} stands for "
            + $"{DmexClientOptions.DocumentedEndpoint}, where orders are real.",
    };

    /// <summary>Adds the flags to a command.</summary>
    /// <param name="command">That connects.</param>
    /// <param name="hasRate">Whether it takes --rate in this sense.</param>
    public void AddTo(Command command, bool hasRate)
    {
        Option[] all = [_roots, _headers, _token, _rules];
        foreach (var option in all)
        {
            command.Add(option);
        }

        if (hasRate)
        {
            command.Add(_rate);
        }
    }

    /// <summary>The first of the flags that is given; null when none is.</summary>
    public string? FirstGiven(ParseResult parsed) =>
        ((Option[])[_roots, _headers, _token, _rules]).FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false })?.Name;

    /// <summary>The client's options.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="endpoint">The venue.</param>
    /// <param name="timeout">For connecting, and for each cancel.</param>
    /// <param name="orders">How many orders may be unresolved at once.</param>
    /// <param name="cancellationToken">Leaves a file that keeps it waiting.</param>
    /// <exception cref="CommandException">A flag is wrong; the message names it.</exception>
    public async Task<DmexClientOptions> ReadAsync(
        ParseResult parsed, Uri endpoint, TimeSpan timeout, int orders, CancellationToken cancellationToken)
    {
        var options = new DmexClientOptions
        {
            Endpoint = endpoint,
            ConnectTimeout = timeout,
            CancelTimeout = timeout,
            CloseTimeout = CloseTimeout,
        };
        options.Limits.InFlightCapacity = Math.Max(options.Limits.InFlightCapacity, orders);
        AddHeaders(options.Handshake, parsed.GetValue(_headers)!);
        var (roots, token, rules) = (parsed.GetValue(_roots), parsed.GetValue(_token), parsed.GetValue(_rules));
        if (token is not null)
        {
            AddToken(options.Handshake, await Interruption.LeaveAsync(() => ReadToken(token.FullName), cancellationToken));
        }

        options.Transport.TrustRoots = roots is null
            ? null : await Interruption.LeaveAsync(() => LoadRoots(roots.FullName), cancellationToken);
        options.Classifier = rules is null
            ? options.Classifier : await Interruption.LeaveAsync(() => LoadRules(rules.FullName), cancellationToken);
        if (parsed.CommandResult.Command.Options.Contains(_rate) && parsed.GetValue(_rate) is > 0 and var rate)
        {
            options.RateBudget = new RateBudgetOptions { FramesPerSecond = rate, Burst = rate };
        }

        return options;
    }

    private static void AddHeaders(HandshakeOptions handshake, string[] headers)
    {
        foreach (var header in headers)
        {
            var colon = header.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0 || !handshake.Headers.TryAdd(header[..colon].Trim(), header[(colon + 1)..].Trim()))
            {
                throw Wrong(
                    colon <= 0 ? "--header is not NAME:VALUE." : $"--header gives {header[..colon].Trim()} twice.",
                    "Write it as in --header 'X-Api-Key: value', each name once.");
            }
        }

        try
        {
            handshake.Validate();
        }
        catch (ArgumentException error)
        {
            throw Wrong($"--header: {error.Message.Split(" (Parameter", 2)[0]}", "Correct it; the handshake's own headers cannot be given.",
                error);
        }
    }

    private static void AddToken(HandshakeOptions handshake, string token)
    {
        if (!handshake.Headers.TryAdd(Authorization, $"Bearer {token}"))
        {
            throw Wrong($"--token-file and --header both give {Authorization}.", "Leave one out.");
        }
    }

    private static string ReadToken(string path)
    {
        var bytes = new byte[MaxTokenBytes + 1];
        var text = bytes.AsSpan(0, SecretFile.Read("token file", path, bytes)).Trim(" \t\r\n"u8);
        if (text.IsEmpty || text.Length > MaxTokenBytes || text.ContainsAnyExceptInRange((byte)'!', (byte)'~'))
        {
            throw new CommandException(
                ExitCode.KeyUnusable,
                $"The token file {path} does not hold one token: {(text.IsEmpty ? "it is empty"
                    : text.Length > MaxTokenBytes ? $"it is longer than {MaxTokenBytes} bytes"
                    : "it has blanks, several lines, or characters beyond printable ASCII")}.",
                "Leave the token alone in it, on one line, without 'Bearer'.");
        }

        return Encoding.ASCII.GetString(text);
    }

    private static X509Certificate2Collection LoadRoots(string path)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPemFile(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw NoRoots(path, FileCause.Of(error, path), error);
        }

        return certificates.Count > 0 ? certificates : throw NoRoots(path, "it holds none.", null);
    }

    private static CommandException NoRoots(string path, string why, Exception? cause) =>
        Wrong($"No certificates can be read from {path}: {why}", "--ca takes a PEM file (-----BEGIN CERTIFICATE-----).", cause);

    private static ReplyRules LoadRules(string path)
    {
        try
        {
            return ReplyRules.Load(path);
        }
        catch (ReplyRulesException error)
        {
            throw Wrong(error.Message, "docs/replies.md, \"Rules of your own\", has the format. Nothing was sent.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Wrong($"--rules {path}: {FileCause.Of(error, path)}", "Name a JSON file with rules.", error);
        }
    }

    private static CommandException Wrong(string message, string remedy, Exception? cause = null) =>
        new(ExitCode.BadInput, message, remedy, cause);
}
