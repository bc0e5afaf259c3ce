using System.Text;

namespace Dmex.Fast.Tests.Unit.WebSockets;

/// <summary>A well-formed head of an HTTP/1.1 response (RFC 9112 §4, §5) and what it says, both from the same dice.</summary>
internal sealed class RandomResponse
{
    private const string NameCharacters = "!#$%&'*+-.^_`|~09AZaz";
    private const string PrintableCharacters = "!\"#,:;=?@[\\]{|}~ 019AZaz";

    private static readonly string[] KnownNames =
    [
        "Upgrade", "upgrade", "Connection", "Sec-WebSocket-Accept", "Sec-WebSocket-Extensions", "Sec-WebSocket-Protocol", "Retry-After",
        "Content-Length", "Transfer-Encoding",
    ];

    private static readonly string[] KnownValues =
        ["websocket", "Upgrade", "keep-alive, Upgrade", "chunked", "0", "17", "-1", "99999999999999999999",
        "Wed, 21 Oct 2015 07:28:00 GMT"];

    private RandomResponse(int status, string reason, List<(string Name, string Value)> headers, byte[] bytes)
    {
        Status = status;
        Reason = reason;
        Headers = headers;
        Bytes = bytes;
    }

    public int Status { get; }

    public string Reason { get; }

    public IReadOnlyList<(string Name, string Value)> Headers { get; }

    /// <summary>The head with its empty line.</summary>
    public byte[] Bytes { get; }

    /// <summary>An interim response is 1xx but 101, a final one any other.</summary>
    public static RandomResponse Create(Random random, bool interim)
    {
        var status = interim ? random.GetItems([100, 102, 103, 199], 1)[0] : random.Next(3) == 0 ? 101 : random.Next(200, 600);
        var reason = Characters(random, PrintableCharacters, random.Next(30));
        var text = new StringBuilder($"HTTP/1.1 {status}");
        if (reason.Length > 0 || random.Next(2) == 0)
        {
            _ = text.Append(' ').Append(reason);
        }

        var headers = new List<(string Name, string Value)>();
        for (var left = random.Next(6); left > 0; left--)
        {
            var name = random.Next(2) == 0 ? random.GetItems(KnownNames, 1)[0] : Characters(random, NameCharacters, random.Next(1, 12));
            var value = Value(random);
            headers.Add((name, value));
            _ = text.Append("\r\n").Append(name).Append(':').Append(Blanks(random)).Append(value).Append(Blanks(random));
        }

        _ = text.Append("\r\n\r\n");
        return new RandomResponse(status, reason, headers, Encoding.Latin1.GetBytes(text.ToString()));
    }

    // Visible characters at both ends, blanks only inside; a quarter have octets above 0x7F (obs-text).
    private static string Value(Random random)
    {
        if (random.Next(2) == 0)
        {
            return random.GetItems(KnownValues, 1)[0];
        }

        var characters = random.Next(4) == 0 ? PrintableCharacters + "\t\u0080\u00E9\u00FF" : PrintableCharacters + "\t";
        return Characters(random, characters, random.Next(40)).Trim(' ', '\t');
    }

    private static string Blanks(Random random) => Characters(random, " \t", random.Next(3));

    private static string Characters(Random random, string from, int length) => new(random.GetItems<char>(from, length));
}
