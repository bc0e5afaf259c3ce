using System.Globalization;
using Dmex.Fast.Cli.Output;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Cli.Input;

/// <summary>A connected client, and what goes wrong on the way as advice.</summary>
internal static class VenueClient
{
    /// <summary>Connects.</summary>
    /// <exception cref="CommandException">The venue cannot be reached or refused the connection.</exception>
    public static async Task<DmexClient> ConnectAsync(DmexClientOptions options, SigningKey? key, CancellationToken cancellationToken)
    {
        try
        {
            return await DmexClient.ConnectAsync(options, key, cancellationToken);
        }
        catch (Exception error) when (Describe(error) is not null)
        {
            throw Describe(error)!;
        }
    }

    /// <summary>What goes wrong while a client connects, as advice; null when it is nothing of that.</summary>
    public static CommandException? Describe(Exception error) => error switch
    {
        TransportException { Failure: var failure } => Failed(error, Advise(failure)),
        WebSocketHandshakeException { RetryAfter: { } wait } => Failed(
            error,
            string.Create(CultureInfo.InvariantCulture, $"The venue asks to wait for {wait.TotalSeconds:0.#} s before the next attempt.")),
        WebSocketHandshakeException { StatusCode: 401 or 403 } =>
            Failed(error, "Check the credentials: --header and --token-file send them."),
        WebSocketHandshakeException or ConnectionLostException =>
            Failed(error, "Check --url, its path too; if it is right, the venue refuses clients for now."),
        ArgumentException =>
            new CommandException(ExitCode.BadInput, $"{error.Message} Nothing was sent.", "Correct the flag.", error),
        _ => null,
    };

    /// <summary>Refuses a key of another account than the one asked for.</summary>
    /// <exception cref="CommandException">The account is not an address, or the key is another one's.</exception>
    public static void RequireAccount(DmexClientOptions options, string? account, SigningKey key)
    {
        if (account is null)
        {
            return;
        }

        var address = ParseAddress("--account", account);
        if (address != key.Address)
        {
            throw new CommandException(
                ExitCode.KeyUnusable,
                $"The key belongs to {key.Address}, not to {address}. Nothing was sent.",
                "Name the key of that account with --key-file, or correct --account.");
        }

        options.Account = address;
    }

    /// <summary>Reads an address given on the command line.</summary>
    /// <exception cref="CommandException">It is not an address.</exception>
    public static EthereumAddress ParseAddress(string option, string text)
    {
        try
        {
            return EthereumAddress.Parse(text);
        }
        catch (FormatException error)
        {
            throw new CommandException(ExitCode.BadInput, $"{option} is wrong. {error.Message}",
                "'dmex address' prints the address of a key.", error);
        }
    }

    private static CommandException Failed(Exception error, string remedy) =>
        new(ExitCode.ConnectionFailed, $"{error.Message} Nothing was sent.", remedy, error);

    private static string Advise(TransportFailure failure) => failure switch
    {
        TransportFailure.NameResolution => "Check the host name in --url and this machine's DNS.",
        TransportFailure.Connect => "Check host and port in --url, and that the venue is up.",
        TransportFailure.Timeout => "Check the network, or allow more time with --timeout.",
        TransportFailure.Certificate => "If the venue has a certificate of its own, name it with --ca FILE. Otherwise do not go on.",
        TransportFailure.Tls => "Check that --url says wss:// for a venue with TLS and ws:// for one without.",
        _ => "Try again; if it stays, look at the network between here and the venue.",
    };
}
