using System.Buffers;
using System.Buffers.Binary;
using System.Text.Unicode;

namespace Dmex.Fast.WebSockets;

/// <summary>
/// Reads messages from the bytes that a server sends (RFC 6455 §5 and §8.1), strictly and without exceptions: what the
/// peer does wrong is a status. Not thread-safe.
/// </summary>
/// <remarks>
/// A frame is taken from the buffer only when it is complete, but its header is judged as soon as it is there, and text as
/// soon as its bytes are: a frame that will be refused is never waited for. A message in one frame and one segment is a
/// view of the receive buffer; others are put together in a pooled buffer that the reader keeps.
/// </remarks>
internal sealed class FrameReader : IDisposable
{
    private readonly FrameReaderOptions _options;
    private readonly byte[] _control = new byte[FrameHeader.MaxControlPayload];
    private readonly MessageBuffer _assembly = new();
    private Utf8Check _utf8;

    // How many payload bytes of the incomplete text frame at the front of the buffer have passed _utf8 already.
    private int _checkedBytes;

    // The opcode of the fragmented message that is open, or Continuation when none is.
    private Opcode _open = Opcode.Continuation;
    private bool _assemblyHandedOut;
    private bool _closed;

    /// <summary>A reader with these limits.</summary>
    /// <exception cref="ArgumentException">A limit is below 125 bytes.</exception>
    public FrameReader(FrameReaderOptions options)
    {
        if (Math.Min(options.MaxFrameBytes, options.MaxMessageBytes) < FrameHeader.MaxControlPayload)
        {
            throw new ArgumentException("The limits must be at least 125 bytes, the longest payload of a control frame.", nameof(options));
        }

        _options = options;
    }

    /// <summary>What the peer did wrong; null until <see cref="FrameReadStatus.ProtocolError"/>.</summary>
    public FrameError? Error { get; private set; }

    /// <summary>
    /// Takes the frames of the next message, or of the next control frame, from the front of <paramref name="buffer"/>.
    /// </summary>
    /// <param name="buffer">
    /// All bytes received and not yet taken; on return, without those that were taken. The next call must begin with the
    /// same bytes, and more after them.
    /// </param>
    /// <param name="message">The message, unless the status is NeedMore or ProtocolError.</param>
    /// <returns>
    /// NeedMore when the buffer holds no further message. After Close everything that follows is dropped (§1.4); after
    /// ProtocolError every call gives ProtocolError.
    /// </returns>
    public FrameReadStatus TryRead(ref ReadOnlySequence<byte> buffer, out WebSocketMessage message)
    {
        message = default;
        if (Error is not null)
        {
            return FrameReadStatus.ProtocolError;
        }

        if (_closed)
        {
            buffer = buffer.Slice(buffer.End);
            return FrameReadStatus.NeedMore;
        }

        if (_assemblyHandedOut)
        {
            _assemblyHandedOut = false;
            _assembly.Clear();
        }

        while (true)
        {
            var parsed = ParseHeader(buffer, out var header);
            if (parsed == FrameHeaderStatus.NeedMore)
            {
                return FrameReadStatus.NeedMore;
            }

            if (Judge(parsed, header) is { } error)
            {
                return Fail(error);
            }

            var rest = buffer.Slice(header.Length);
            var complete = rest.Length >= header.PayloadLength;
            var payload = complete ? rest.Slice(0, header.PayloadLength) : rest;
            if (IsText(header) && !CheckText(payload, complete && header.Fin))
            {
                return Fail(new FrameError(CloseCode.InvalidPayload, "A text message is not valid UTF-8."));
            }

            if (!complete)
            {
                return FrameReadStatus.NeedMore;
            }

            _checkedBytes = 0;
            buffer = rest.Slice(header.PayloadLength);
            if (header.IsControl)
            {
                return TakeControl(header, payload, out message);
            }

            if (TakeData(header, payload, out message))
            {
                return message.Opcode == Opcode.Text ? FrameReadStatus.Text : FrameReadStatus.Binary;
            }
        }
    }

    /// <summary>Gives the pooled buffer back; messages handed out are void from here on.</summary>
    public void Dispose() => _assembly.Release();

    private static FrameHeaderStatus ParseHeader(in ReadOnlySequence<byte> buffer, out FrameHeader header)
    {
        var first = buffer.FirstSpan;
        if (first.Length >= FrameHeader.MaxLength || buffer.IsSingleSegment)
        {
            return FrameHeader.TryParse(first, out header);
        }

        Span<byte> copy = stackalloc byte[FrameHeader.MaxLength];
        var length = (int)Math.Min(buffer.Length, copy.Length);
        buffer.Slice(0, length).CopyTo(copy);
        return FrameHeader.TryParse(copy[..length], out header);
    }

    /// <summary>The rules that a header alone can break; null when it breaks none.</summary>
    private FrameError? Judge(FrameHeaderStatus parsed, in FrameHeader header)
    {
        var wrong = parsed switch
        {
            FrameHeaderStatus.LengthNotMinimal => "A frame's length is not in its shortest form.",
            FrameHeaderStatus.LengthTopBitSet => "A frame's 64-bit length has its top bit set.",
            _ when header.Rsv != 0 => $"A frame has reserved bits set ({header.Rsv}) and no extension was agreed.",
            _ when header.Masked => "A frame from the server is masked.",
            _ when header.IsControl => JudgeControl(header),
            _ when header.Opcode > Opcode.Binary => $"A frame has the reserved opcode {(int)header.Opcode}.",
            _ when header.Opcode == Opcode.Continuation && _open == Opcode.Continuation =>
                "A continuation frame has no message to continue.",
            _ when header.Opcode != Opcode.Continuation && _open != Opcode.Continuation =>
                "A new data frame came inside a fragmented message.",
            _ => null,
        };
        if (wrong is not null)
        {
            return new FrameError(CloseCode.ProtocolError, wrong);
        }

        if (header.PayloadLength > _options.MaxFrameBytes)
        {
            return new FrameError(
                CloseCode.MessageTooBig, $"A frame of {header.PayloadLength} bytes is over the limit of {_options.MaxFrameBytes}.");
        }

        return !header.IsControl && _assembly.Length + header.PayloadLength > _options.MaxMessageBytes
            ? new FrameError(
                CloseCode.MessageTooBig,
                $"A message of at least {_assembly.Length + header.PayloadLength} bytes is over the limit of {_options.MaxMessageBytes}.")
            : null;
    }

    private static string? JudgeControl(in FrameHeader header) => header switch
    {
        { Opcode: > Opcode.Pong } => $"A frame has the reserved opcode {(int)header.Opcode}.",
        { Fin: false } => "A control frame is fragmented.",
        { PayloadLength: > FrameHeader.MaxControlPayload } => $"A control frame carries {header.PayloadLength} bytes; 125 is the most.",
        { Opcode: Opcode.Close, PayloadLength: 1 } => "A close frame carries one byte, which is no close code.",
        _ => null,
    };

    private bool IsText(in FrameHeader header) =>
        header.Opcode == Opcode.Text || (header.Opcode == Opcode.Continuation && _open == Opcode.Text);

    /// <summary>
    /// Checks what is new of a text frame's payload; false when it is invalid, or ends inside a character at the message's end.
    /// </summary>
    private bool CheckText(in ReadOnlySequence<byte> payload, bool ends)
    {
        foreach (var piece in payload.Slice(_checkedBytes))
        {
            if (!_utf8.TryAppend(piece.Span))
            {
                return false;
            }
        }

        _checkedBytes = (int)payload.Length;
        return !ends || _utf8.IsWhole;
    }

    /// <summary>Takes a data frame; true when it ends a message.</summary>
    private bool TakeData(in FrameHeader header, in ReadOnlySequence<byte> payload, out WebSocketMessage message)
    {
        var opcode = header.Opcode == Opcode.Continuation ? _open : header.Opcode;
        if (header.Fin && header.Opcode != Opcode.Continuation && payload.IsSingleSegment)
        {
            message = new WebSocketMessage(opcode, payload.First);
            return true;
        }

        _assembly.Append(payload);
        if (!header.Fin)
        {
            _open = opcode;
            message = default;
            return false;
        }

        _open = Opcode.Continuation;
        _assemblyHandedOut = true;
        message = new WebSocketMessage(opcode, _assembly.Written);
        return true;
    }

    private FrameReadStatus TakeControl(in FrameHeader header, in ReadOnlySequence<byte> payload, out WebSocketMessage message)
    {
        var bytes = payload.First;
        if (!payload.IsSingleSegment)
        {
            // Not into the assembly, where a fragmented message may be waiting.
            payload.CopyTo(_control);
            bytes = _control.AsMemory(0, (int)payload.Length);
        }

        message = new WebSocketMessage(header.Opcode, bytes);
        switch (header.Opcode)
        {
            case Opcode.Ping:
                return FrameReadStatus.Ping;
            case Opcode.Pong:
                return FrameReadStatus.Pong;
            default:
                if (JudgeClose(bytes.Span) is { } error)
                {
                    message = default;
                    return Fail(error);
                }

                _closed = true;
                return FrameReadStatus.Close;
        }
    }

    private static FrameError? JudgeClose(ReadOnlySpan<byte> payload)
    {
        if (payload.IsEmpty)
        {
            return null;
        }

        var code = BinaryPrimitives.ReadUInt16BigEndian(payload);
        if (!CloseCodeRules.IsValidOnWire((CloseCode)code))
        {
            return new FrameError(CloseCode.ProtocolError, $"A close frame carries the code {code}, which may not be sent.");
        }

        return Utf8.IsValid(payload[sizeof(ushort)..])
            ? null
            : new FrameError(CloseCode.InvalidPayload, "A close frame's reason is not valid UTF-8.");
    }

    private FrameReadStatus Fail(FrameError error)
    {
        Error = error;
        _assembly.Release();
        return FrameReadStatus.ProtocolError;
    }
}
