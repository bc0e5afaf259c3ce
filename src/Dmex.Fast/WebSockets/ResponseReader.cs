using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;

namespace Dmex.Fast.WebSockets;

/// <summary>Reads an HTTP/1.1 response from a pipe without taking a byte too many.</summary>
internal static class ResponseReader
{
    private const int MaxExcerptBytes = 512;
    private const int MaxExcerptShown = 200;

    // A refusal is reported without its body rather than late.
    private static readonly TimeSpan ExcerptTime = TimeSpan.FromSeconds(1);

    private static ReadOnlySpan<byte> HeadEnd => "\r\n\r\n"u8;

    private static ReadOnlySpan<byte> HeadStart => "HTTP/"u8;

    /// <summary>Reads the head of the final response, skipping interim ones (1xx but 101; RFC 9110 §15.2).</summary>
    /// <exception cref="WebSocketHandshakeException">
    /// The head is malformed, longer than <paramref name="maxBytes"/> in all, or never ends.
    /// </exception>
    public static async Task<ResponseHead> ReadHeadAsync(PipeReader input, int maxBytes, CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await input.ReadAsync(cancellationToken).ConfigureAwait(false);
            var buffer = result.Buffer;
            var taken = buffer.Start;
            var examined = buffer.End;
            try
            {
                while (TryTakeHead(ref buffer, ref maxBytes, out var head))
                {
                    taken = buffer.Start;
                    if (head!.StatusCode is 101 or >= 200)
                    {
                        // Not examined: what follows is for the next reader, who must not wait for more to come.
                        examined = taken;
                        return head;
                    }
                }

                ThrowIfOver(result, buffer.Length);
            }
            finally
            {
                input.AdvanceTo(taken, examined);
            }
        }
    }

    /// <summary>The start of a refusal's body, printable and bounded; empty when there is none or it does not come soon.</summary>
    public static async Task<string> ReadExcerptAsync(PipeReader input, ResponseHead head, CancellationToken cancellationToken)
    {
        var chunked = head.Values("Transfer-Encoding").Any(value => HttpText.ListContains(value, "chunked"));
        var expected = chunked
            || !long.TryParse(head.Single("Content-Length"), NumberStyles.None, CultureInfo.InvariantCulture, out var length)
            ? long.MaxValue
            : length;
        if (expected == 0 || head.StatusCode is 204 or 304)
        {
            return string.Empty;
        }

        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(ExcerptTime);
        byte[] excerpt = [];
        try
        {
            bool ended;
            do
            {
                var result = await input.ReadAsync(deadline.Token).ConfigureAwait(false);
                excerpt = result.Buffer.Slice(0, Math.Min(result.Buffer.Length, Math.Min(expected, MaxExcerptBytes))).ToArray();
                input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
                ended = result.IsCompleted || result.IsCanceled || excerpt.Length == Math.Min(expected, MaxExcerptBytes) ||
                    (chunked && excerpt.AsSpan().EndsWith("0\r\n\r\n"u8));
            }
            while (!ended);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or ObjectDisposedException)
        {
            // The refusal is known by now and says more than how the wait for its words ended: by our deadline, by the
            // caller's (a pipe may block beyond ours), or with the connection.
        }

        return HttpText.Printable(Encoding.Latin1.GetString(chunked ? JoinChunks(excerpt) : excerpt).Trim(), MaxExcerptShown);
    }

    /// <summary>Takes one head, its empty line included, from the front of the buffer; false when it is not complete.</summary>
    private static bool TryTakeHead(ref ReadOnlySequence<byte> buffer, ref int bytesLeft, out ResponseHead? head)
    {
        head = null;
        var bytes = buffer.Slice(0, Math.Min(buffer.Length, bytesLeft)).ToArray();
        var common = Math.Min(bytes.Length, HeadStart.Length);
        if (!bytes.AsSpan(0, common).SequenceEqual(HeadStart[..common]))
        {
            // Said at once: a peer that speaks another protocol may wait for us indefinitely.
            throw new WebSocketHandshakeException(
                $"The server did not answer with HTTP/1.1; it begins with \"{HttpText.Printable(Encoding.Latin1.GetString(bytes), 40)}\".");
        }

        var end = bytes.AsSpan().IndexOf(HeadEnd);
        if (end < 0)
        {
            return bytes.Length == bytesLeft
                ? throw new WebSocketHandshakeException(
                    $"The server's response headers are longer than {ClientHandshake.MaxResponseHeadBytes} bytes.")
                : false;
        }

        head = ResponseHead.Parse(bytes.AsSpan(0, end), out var error)
            ?? throw new WebSocketHandshakeException($"The server's response to the handshake cannot be read: {error}.");
        buffer = buffer.Slice(end + HeadEnd.Length);
        bytesLeft -= end + HeadEnd.Length;
        return true;
    }

    private static void ThrowIfOver(in ReadResult result, long pendingBytes)
    {
        if (result.IsCanceled)
        {
            throw new OperationCanceledException("The handshake's read was canceled.");
        }

        if (result.IsCompleted)
        {
            throw new WebSocketHandshakeException(
                $"The server closed the connection during the handshake, {pendingBytes} bytes into its response headers.");
        }
    }

    /// <summary>The data of as many chunks as are there (RFC 9112 §7.1); stops at what is not a chunk.</summary>
    private static byte[] JoinChunks(byte[] body)
    {
        var joined = new MemoryStream();
        ReadOnlySpan<byte> rest = body;
        while (true)
        {
            var lineEnd = rest.IndexOf("\r\n"u8);
            var digits = lineEnd < 0 ? -1 : rest[..lineEnd].IndexOf((byte)';');
            if (lineEnd < 0 ||
                !int.TryParse(
                    rest[..(digits < 0 ? lineEnd : digits)], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var size) ||
                size <= 0)
            {
                return joined.ToArray();
            }

            rest = rest[(lineEnd + 2)..];
            joined.Write(rest[..Math.Min(size, rest.Length)]);
            rest = rest[Math.Min(rest.Length, size)..];
            rest = rest.StartsWith("\r\n"u8) ? rest[2..] : [];
        }
    }
}
