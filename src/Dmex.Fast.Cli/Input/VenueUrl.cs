using System.Net;
using Dmex.Fast.Cli.Output;

namespace Dmex.Fast.Cli.Input;

/// <summary>The venue as the command line names it.</summary>
internal static class VenueUrl
{
    /// <summary>The word that stands for the documented endpoint.</summary>
    public const string Documented = "dmex";

    /// <summary>Reads <c>--url</c>.</summary>
    /// <exception cref="CommandException">It is missing, or not the address of a WebSocket that can be used; the message says
    /// why.</exception>
    public static Uri Parse(string? url)
    {
        if (string.IsNullOrEmpty(url))
        {
            throw Wrong(
                $"The venue must be named with --url; DMEX documents {DmexClientOptions.DocumentedEndpoint}. Nothing was sent.",
                $"Add --url {Documented} for that one, where orders are real, or --url wss://host[:port]/path for another.");
        }

        if (string.Equals(url, Documented, StringComparison.Ordinal))
        {
            return DmexClientOptions.DocumentedEndpoint;
        }

        if (!Uri.TryCreate(url, UriKind.Absolute, out var endpoint) || endpoint.Scheme is not ("wss" or "ws") || endpoint.Host.Length == 0)
        {
            throw Wrong($"--url '{url}' is not the address of a WebSocket.", $"Give it as wss://host[:port]/path, or as {Documented}.");
        }

        // The URL is not shown: its user information is a secret.
        if (endpoint.UserInfo.Length > 0 || endpoint.Fragment.Length > 0)
        {
            throw Wrong("--url has user information or a fragment, which a WebSocket does not take (RFC 6455 §3).",
                "Leave it out; --header and --token-file send credentials.");
        }

        return endpoint.Scheme is "wss" || IsLoopback(endpoint)
            ? endpoint
            : throw Wrong($"--url '{url}' is not encrypted: who reads it on the way can cancel with it.",
                "Give it as wss://; ws:// is for loopback only.");
    }

    private static bool IsLoopback(Uri endpoint) =>
        string.Equals(endpoint.Host, "localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(endpoint.DnsSafeHost, out var address) && IPAddress.IsLoopback(address));

    private static CommandException Wrong(string message, string remedy) => new(ExitCode.BadInput, message, remedy);
}
