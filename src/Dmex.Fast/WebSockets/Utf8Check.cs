using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Unicode;

namespace Dmex.Fast.WebSockets;

/// <summary>
/// Checks UTF-8 that comes in pieces (RFC 3629) and fails at the first byte that cannot continue any valid text.
/// A mutable struct: keep it in a field, never copy it.
/// </summary>
internal struct Utf8Check
{
    // The started character at the end of the last piece: a prefix of some valid sequence.
    private PrefixBytes _prefix;
    private int _prefixLength;

    /// <summary>No character is cut off at the end of what was appended.</summary>
    public readonly bool IsWhole => _prefixLength == 0;

    /// <summary>Resets the check for the next text.</summary>
    public void Reset() => _prefixLength = 0;

    /// <summary>Takes the next piece; false when the text is invalid already, after which only <see cref="Reset"/> may follow.</summary>
    public bool TryAppend(ReadOnlySpan<byte> piece)
    {
        while (_prefixLength > 0 && !piece.IsEmpty)
        {
            _prefix[_prefixLength++] = piece[0];
            piece = piece[1..];
            var status = Rune.DecodeFromUtf8(((ReadOnlySpan<byte>)_prefix)[.._prefixLength], out _, out _);
            if (status == OperationStatus.InvalidData)
            {
                return false;
            }

            if (status == OperationStatus.Done)
            {
                _prefixLength = 0;
            }
        }

        var tail = TailLength(piece);
        var started = piece[^tail..];
        if (!Utf8.IsValid(piece[..^tail]))
        {
            return false;
        }

        if (tail > 0)
        {
            if (Rune.DecodeFromUtf8(started, out _, out _) != OperationStatus.NeedMoreData)
            {
                return false;
            }

            started.CopyTo(_prefix);
            _prefixLength = tail;
        }

        return true;
    }

    /// <summary>The number of bytes, 0–3, from a last lead byte that announces more than follow it.</summary>
    private static int TailLength(ReadOnlySpan<byte> piece)
    {
        for (var length = 1; length <= Math.Min(3, piece.Length); length++)
        {
            var b = piece[^length];
            if (b >= 0xC0)
            {
                var announced = b >= 0xF0 ? 4 : b >= 0xE0 ? 3 : 2;
                return announced > length ? length : 0;
            }

            if (b < 0x80)
            {
                return 0;
            }
        }

        return 0;
    }

    [InlineArray(4)]
    private struct PrefixBytes
    {
        private byte _first;
    }
}
