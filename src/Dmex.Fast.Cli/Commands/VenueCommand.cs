using System.CommandLine;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Dmex.Fast.Cli.Input;
using Dmex.Fast.Cli.Output;
using Dmex.Fast.Lab.Venues;
using Dmex.Fast.Signing;
using Dmex.Fast.Venue;

namespace Dmex.Fast.Cli.Commands;

/// <summary><c>dmex venue</c>: the simulated venue in the foreground.</summary>
internal sealed class VenueCommand
{
    private const int MaxOrders = 1_000_000;

    private readonly Option<int> _port = NumberOption.Create("--port", 0, 0, 65_535, "TCP port on 127.0.0.1; 0 takes a free one.");

    private readonly Option<bool> _tls = new("--tls") { Description = "Speak TLS, with a certificate made at start." };

    private readonly Option<FileInfo?> _certificate = new("--cert-file")
    {
        HelpName = "FILE",
        Description = "Where to write the certificate, for 'dmex cancel --ca FILE'; a temporary file unless given.",
    };

    private readonly Option<string?> _owner = new("--owner")
    {
        HelpName = "ADDRESS",
        Description = "The account that owns the open orders.",
    };

    private readonly Option<int> _openOrders = NumberOption.Create(
        "--open-orders", 0, 0, MaxOrders, "How many orders with random hashes to open for the owner.");

    private readonly Option<string?> _open = new("--open")
    {
        HelpName = "FILE",
        Description = "Open the orders whose hashes are in this file, one per line; - reads standard input.",
    };

    private readonly Option<FileInfo?> _ordersFile = new("--orders-file")
    {
        HelpName = "FILE",
        Description = "Write the hashes of the open orders there, one a line, instead of printing them.",
    };

    private readonly Option<bool> _control = new("--control")
    {
        Description = "Take requests as JSON lines on standard input and end with it, as 'dmex demo' does.",
        Hidden = true,
    };

    private readonly VenueFaultOptions _faults = new();

    private VenueCommand()
    {
    }

    /// <summary>The command with its options and action.</summary>
    public static Command Create()
    {
        var options = new VenueCommand();
        var command = new Command(
            "venue",
            "Runs a simulated venue on loopback until Ctrl+C, and prints its URL, its certificate and its open orders. The form of its "
            + "replies is an assumption of this project: the exchange does not document them.")
        {
            options._port,
            options._tls,
            options._certificate,
            options._owner,
            options._openOrders,
            options._open,
            options._ordersFile,
            options._control,
        };
        options._faults.AddTo(command);
        command.SetAction(options.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var faults = _faults.Read(parsed);
        var venueOptions = new VenueOptions
        {
            Port = parsed.GetValue(_port),
            Tls = parsed.GetValue(_tls),
            Faults = faults with { StaleList = false },
        };
        try
        {
            if (parsed.GetValue(_control))
            {
                await using var controlled = await InProcessVenue.StartAsync(
                    InProcessVenue.ForFigures with { Port = venueOptions.Port, Tls = venueOptions.Tls, Faults = faults },
                    cancellationToken);
                await ControlAsync(controlled, cancellationToken);
                return (int)ExitCode.Done;
            }

            var orders = await ReadOrdersAsync(parsed, cancellationToken);
            var owner = ReadOwner(parsed, orders.Count);
            await using var venue = await SimulatedVenue.StartAsync(venueOptions, cancellationToken);
            venue.OpenOrders(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(orders)), owner.AsSpan());
            venue.Faults = faults; // a stale list has these orders
            await ServeAsync(venue, orders, parsed, cancellationToken);
            return (int)ExitCode.Done;
        }
        catch (Exception error) when (error.GetBaseException() is SocketException)
        {
            throw new CommandException(
                ExitCode.BadInput, $"The venue cannot listen on port {venueOptions.Port}: {error.GetBaseException().Message}",
                    "Choose another --port (0 takes a free one; those below 1024 need privileges).", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.BadInput, $"The venue cannot start: {error.Message}",
                "Check the paths of --cert-file and --orders-file.", error);
        }
    }

    private static async Task ControlAsync(InProcessVenue venue, CancellationToken cancellationToken)
    {
        try
        {
            await VenueControl.RunAsync(venue, HashInput.OpenStandardInput(), Console.Out, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // Ctrl+C goes to the program that started it too, which says so.
        }
    }

    private async Task ServeAsync(SimulatedVenue venue, List<OrderHash> orders, ParseResult parsed, CancellationToken cancellationToken)
    {
        var temporary = venue.Certificate is not null && parsed.GetValue(_certificate) is null
            ? Directory.CreateTempSubdirectory("dmex-venue-")
            : null;
        try
        {
            Console.WriteLine($"url {venue.Url}");
            if (venue.Certificate is not null)
            {
                var path = parsed.GetValue(_certificate)?.FullName ?? Path.Combine(temporary!.FullName, "venue.pem");
                venue.ExportCertificatePem(path);
                Console.WriteLine($"certificate {path}");
            }

            await ShowOrdersAsync(orders, parsed.GetValue(_ordersFile), cancellationToken);
            await Console.Error.WriteLineAsync("The venue runs until Ctrl+C. Its replies are this project's assumption.");
            await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await Console.Error.WriteLineAsync(
                $"{venue.MessagesReceived} messages; {venue.CanceledCount} orders canceled, {venue.OpenCount} open.");
        }
        finally
        {
            temporary?.Delete(recursive: true);
        }
    }

    private static async Task ShowOrdersAsync(List<OrderHash> orders, FileInfo? file, CancellationToken cancellationToken)
    {
        if (file is not null)
        {
            await File.WriteAllLinesAsync(file.FullName, orders.Select(order => order.ToString()), cancellationToken);
            Console.WriteLine($"orders {file.FullName}");
            return;
        }

        foreach (var order in orders)
        {
            Console.WriteLine($"order {order}");
        }
    }

    private async Task<List<OrderHash>> ReadOrdersAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var orders = new List<OrderHash>(OrderBatch.Random(parsed.GetValue(_openOrders)));
        if (parsed.GetValue(_open) is { } path)
        {
            orders.AddRange(await HashInput.ReadFileAsync("--open", path, cancellationToken));
        }

        return orders.Distinct().ToList();
    }

    private EthereumAddress ReadOwner(ParseResult parsed, int orders)
    {
        if (parsed.GetValue(_owner) is { } owner)
        {
            return VenueClient.ParseAddress("--owner", owner);
        }

        return orders == 0
            ? default
            : throw new CommandException(
                ExitCode.BadInput, "Open orders need an owner.", "Add --owner ADDRESS; 'dmex address' prints the address of a key.");
    }
}
