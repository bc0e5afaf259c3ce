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

    /// <summary>IMF-fixdate, and the obsolete forms of RFC 850 and of C's asctime.</summary>
    private static readonly string[] DateForms =
        ["r", "dddd, dd-MMM-yy HH:mm:ss 'GMT'", "ddd MMM dd HH:mm:ss yyyy", "ddd MMM  d HH:mm:ss yyyy"];

    private readonly List<KeyValuePair<string, string>> _headers = [];

    private ResponseHead(string version, int statusCode, string reasonPhrase)
    {
        Version = version;
        StatusCode = statusCode;
        ReasonPhrase = reasonPhrase;
    }

    /// <summary>"HTTP/1.1", or what the server sent in its place.</summary>
    public string Version { get; }

    /// <summary>100–599.</summary>
    public int StatusCode { get; }

    /// <summary>Printable and of bounded length; may be empty.</summary>
    public string ReasonPhrase { get; }

    /// <summary>Parses what precedes the empty line; null, and a sentence in <paramref name="error"/>, when it is malformed.</summary>
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

    /// <summary>The value of a header that occurs once; null when it is absent or occurs more often.</summary>
    public string? Single(string name) => Values(name) is [string value] ? value : null;

    /// <summary>
    /// Retry-After (RFC 9110 §10.2.3) in seconds or as a date in one of the three forms of §5.6.7, never negative. A date counts from the
    /// response's own Date, where there is one. Of several values the longest; null when there is none that is well formed.
    /// </summary>
    /// <param name="now">Stands in for a missing Date.</param>
    public TimeSpan? RetryAfter(DateTimeOffset now)
    {
        var from = ParseDate(Single("Date")) ?? now;
        TimeSpan? max = null;
        foreach (var value in Values("Retry-After"))
        {
            var asked = ParseSeconds(value) ?? (ParseDate(value) is { } date ? date - from : null);
            max = asked is null || asked <= max ? max : asked;
        }

        return max < TimeSpan.Zero ? TimeSpan.Zero : max;
    }

    /// <summary>
    /// One or more digits, also several numbers that a proxy has joined with commas; a number of any length is read as at most an
    /// int's.
    /// </summary>
    private static TimeSpan? ParseSeconds(string value)
    {
        var max = 0;
        foreach (var part in value.Split(','))
        {
            var digits = part.Trim(' ', '\t');
            if (digits.Length == 0 || digits.AsSpan().ContainsAnyExceptInRange('0', '9'))
            {
                return null;
            }

            var fits = int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds);
            max = Math.Max(max, fits ? seconds : int.MaxValue);
        }

        return TimeSpan.FromSeconds(max);
    }

    private static DateTimeOffset? ParseDate(string? value) =>
        DateTimeOffset.TryParseExact(value, DateForms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date)
            ? date
            : null;

    private static ResponseHead? ParseStatusLine(string line)
    {
        // "HTTP/1.1 101 Switching Protocols"; some servers leave out the last space together with the words.
        var parts = line.Split(' ', 3);
        if (parts.Length < 2 || !parts[0].StartsWith("HTTP/", StringComparison.Ordinal) || parts[1].Length != 3 ||
            !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var status) || status is < 100 or > 599)
        {
            return null;
        }

        var reason = parts.Length == 3 ? HttpText.Printable(parts[2], MaxReasonLength) : string.Empty;
        return new ResponseHead(HttpText.Printable(parts[0], 16), status, reason);
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
