using System.Globalization;
using System.Text;

namespace Dmex.Fast.WebSockets;

/// <summary>
/// The status line and headers of an HTTP/1.1 response (RFC 9112 §4 and §5), parsed strictly: lines end in CRLF, names
/// are tokens with the colon right behind, folded lines (obs-fold, §5.2) and control characters are refused.
/// </summary>
internal sealed class ResponseHead
{
    private const int MaxReasonLength = 80;

    private readonly List<KeyValuePair<string, string>> _headers = [];

    private ResponseHead(string version, int statusCode, string reasonPhrase)
    {
        Version = version;
        StatusCode = statusCode;
        ReasonPhrase = reasonPhrase;
    }

    /// <summary>"HTTP/1.1", or what stands in its place.</summary>
    public string Version { get; }

    /// <summary>100–599.</summary>
    public int StatusCode { get; }

    /// <summary>Printable and of bounded length; may be empty.</summary>
    public string ReasonPhrase { get; }

    /// <summary>Parses what stands before the empty line; null, and a sentence in <paramref name="error"/>, when it is malformed.</summary>
    public static ResponseHead? Parse(ReadOnlySpan<byte> bytes, out string? error)
    {
        var lines = Encoding.Latin1.GetString(bytes).Split("\r\n");
        var head = ParseStatusLine(lines[0]);
        if (head is null)
        {
            error = $"its status line is malformed: \"{HttpText.Printable(lines[0], MaxReasonLength)}\"";
            return null;
        }

        foreach (var line in lines.AsSpan(1))
        {
            if (line.StartsWith(' ') || line.StartsWith('\t'))
            {
                error = "it has a folded header line";
                return null;
            }

            var colon = line.IndexOf(':');
            if (colon < 0 || !HttpText.IsToken(line.AsSpan(0, colon)) || ContainsControl(line.AsSpan(colon)))
            {
                error = $"it has a malformed header line: \"{HttpText.Printable(line, MaxReasonLength)}\"";
                return null;
            }

            head._headers.Add(new(line[..colon], line[(colon + 1)..].Trim(' ', '\t')));
        }

        error = null;
        return head;
    }

    /// <summary>The values of a header, in order; empty when it is absent.</summary>
    public string[] Values(string name) =>
        [.. _headers.Where(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(header => header.Value)];

    /// <summary>The value of a header that stands once; null when it is absent or stands more often.</summary>
    public string? Single(string name) => Values(name) is [string value] ? value : null;

    /// <summary>Retry-After, in seconds or as a date (RFC 9110 §10.2.3), never negative; null when it is absent or malformed.</summary>
    public TimeSpan? RetryAfter(DateTimeOffset now)
    {
        var value = Single("Retry-After");
        if (int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
        {
            return TimeSpan.FromSeconds(seconds);
        }

        if (!DateTimeOffset.TryParseExact(value, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date))
        {
            return null;
        }

        return date > now ? date - now : TimeSpan.Zero;
    }

    private static ResponseHead? ParseStatusLine(string line)
    {
        // "HTTP/1.1 101 Switching Protocols"; some servers leave out the last space together with the words.
        var parts = line.Split(' ', 3);
        if (parts.Length < 2 || !parts[0].StartsWith("HTTP/", StringComparison.Ordinal) || parts[1].Length != 3 ||
            !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var status) || status is < 100 or > 599)
        {
            return null;
        }

        return new ResponseHead(HttpText.Printable(parts[0], 16), status, parts.Length == 3 ? HttpText.Printable(parts[2], MaxReasonLength) : string.Empty);
    }

    private static bool ContainsControl(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            if (c is (< ' ' and not '\t') or '\x7F')
            {
                return true;
            }
        }

        return false;
    }
}
