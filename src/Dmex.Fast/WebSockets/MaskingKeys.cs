using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Dmex.Fast.WebSockets;

/// <summary>
/// Fresh, unpredictable masking keys (RFC 6455 §5.3 and §10.3), drawn from the operating system in blocks of 1 KiB.
/// Each key is handed out once and wiped. Thread-safe; allocates nothing after construction.
/// </summary>
internal sealed class MaskingKeys
{
    private const int BlockKeys = 1024 / sizeof(uint);

    private readonly Lock _lock = new();
    private readonly uint[] _keys = new uint[BlockKeys];
    private int _next = BlockKeys;

    /// <summary>A key that was never handed out before.</summary>
    public uint Next()
    {
        lock (_lock)
        {
            if (_next == BlockKeys)
            {
                RandomNumberGenerator.Fill(MemoryMarshal.AsBytes(_keys.AsSpan()));
                _next = 0;
            }

            uint key = _keys[_next];
            _keys[_next++] = 0;
            return key;
        }
    }
}
