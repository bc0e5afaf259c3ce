using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Dmex.Fast.Cli.Output;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Cli.Input;

/// <summary>Turns options of the command line into a connected client, and what goes wrong on the way into advice.</summary>
internal static class ConnectOptions
{
    /// <summary>The client's options.</summary>
    /// <exception cref="CommandException">The URL or the file of certificates is wrong.</exception>
    public static DmexClientOptions Create(string url, FileInfo? roots, TimeSpan timeout, int orders)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var endpoint) || endpoint.Scheme is not ("wss" or "ws"))
        {
            throw new CommandException(
                ExitCode.BadInput, $"--url '{url}' is not the address of a WebSocket.", "Give it as wss://host[:port]/path.");
        }

        var options = new DmexClientOptions
        {
            Endpoint = endpoint,
            ConnectTimeout = timeout,
            CancelTimeout = timeout,
        };
        options.Limits.InFlightCapacity = Math.Max(options.Limits.InFlightCapacity, orders);
        if (roots is not null)
        {
            options.Transport.TrustRoots = LoadRoots(roots.FullName);
        }

        return options;
    }

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
                $"The key is that of {key.Address}, not of {address}. Nothing was sent.",
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
            throw new CommandException(ExitCode.BadInput, $"{option} is wrong. {error.Message}", "'dmex address' prints the address of a key.", error);
        }
    }

    /// <summary>Connects.</summary>
    /// <exception cref="CommandException">The venue cannot be reached or refused the connection.</exception>
    public static async Task<DmexClient> ConnectAsync(DmexClientOptions options, SigningKey? key, CancellationToken cancellationToken)
    {
        try
        {
            return await DmexClient.ConnectAsync(options, key, cancellationToken);
        }
        catch (TransportException error)
        {
            throw new CommandException(ExitCode.ConnectionFailed, $"{error.Message} Nothing was sent.", Advise(error.Failure), error);
        }
        catch (Exception error) when (error is WebSocketHandshakeException or ConnectionLostException)
        {
            throw new CommandException(
                ExitCode.ConnectionFailed,
                $"{error.Message} Nothing was sent.",
                "Check --url, its path too; if it is right, the venue refuses clients for now.",
                error);
        }
        catch (ArgumentException error)
        {
            throw new CommandException(ExitCode.BadInput, $"{error.Message} Nothing was sent.", "Correct --url.", error);
        }
    }

    private static string Advise(TransportFailure failure) => failure switch
    {
        TransportFailure.NameResolution => "Check the host name in --url and this machine's DNS.",
        TransportFailure.Connect => "Check host and port in --url, and that the venue is up.",
        TransportFailure.Timeout => "Check the network, or allow more time with --timeout.",
        TransportFailure.Certificate => "If the venue has a certificate of its own, name it with --ca FILE. Otherwise do not go on.",
        TransportFailure.Tls => "Check that --url says wss:// for a venue with TLS and ws:// for one without.",
        _ => "Try again; if it stays, look at the network between here and the venue.",
    };

    private static X509Certificate2Collection LoadRoots(string path)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPemFile(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw NoRoots(path, error.Message, error);
        }

        return certificates.Count > 0 ? certificates : throw NoRoots(path, "it holds none.", null);
    }

    private static CommandException NoRoots(string path, string why, Exception? cause) => new(
        ExitCode.BadInput, $"No certificates can be read from {path}: {why}", "--ca takes a PEM file (-----BEGIN CERTIFICATE-----).", cause);
}
