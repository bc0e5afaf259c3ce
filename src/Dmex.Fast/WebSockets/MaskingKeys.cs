using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Dmex.Fast.WebSockets;

/// <summary>
/// Fresh, unpredictable masking keys (RFC 6455 §5.3 and §10.3), drawn from the operating system in blocks of 16 KiB.
/// Each key is handed out once and wiped. Thread-safe; allocates nothing after construction.
/// </summary>
/// <remarks>
/// Drawing is cold code: with blocks of 1 KiB, one send in 256 met it, which made a cancel's p99 longer by a twelfth. Blocks of
/// this size put it beyond the p99.9, and <see cref="TopUp"/> takes it off the sender's thread.
/// </remarks>
internal sealed class MaskingKeys
{
    private const int BlockKeys = 16 * 1024 / sizeof(uint);

    private readonly Lock _lock = new();
    private uint[] _keys = new uint[BlockKeys];
    private uint[] _spare = new uint[BlockKeys]; // the sender's while it is full, the one's who tops up otherwise
    private bool _isSpareFull;
    private int _next;

    public MaskingKeys() => Draw(_keys);

    /// <summary>A key that was never handed out before.</summary>
    public uint Next()
    {
        lock (_lock)
        {
            if (_next == BlockKeys)
            {
                Renew();
            }

            var key = _keys[_next];
            _keys[_next++] = 0;
            return key;
        }
    }

    /// <summary>Draws the next block ahead of its use, unless it is there. By one thread; blocks no other.</summary>
    public void TopUp()
    {
        if (!Volatile.Read(ref _isSpareFull))
        {
            Draw(_spare);
            Volatile.Write(ref _isSpareFull, true);
        }
    }

    private void Renew()
    {
        if (Volatile.Read(ref _isSpareFull))
        {
            (_keys, _spare) = (_spare, _keys);
            Volatile.Write(ref _isSpareFull, false);
        }
        else
        {
            Draw(_keys);
        }

        _next = 0;
    }

    private static void Draw(uint[] block) => RandomNumberGenerator.Fill(MemoryMarshal.AsBytes(block.AsSpan()));
}
