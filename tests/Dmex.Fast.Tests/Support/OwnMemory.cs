using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Dmex.Fast.Tests.Support;

/// <summary>
/// Reads the whole writable memory of this process through /proc/self/mem, looking for values that it keeps under a mask
/// only, so that the search does not find itself. Linux only.
/// </summary>
internal sealed unsafe class OwnMemory : IDisposable
{
    private const ulong Mask = 0x5A17_C3E9_90D4_2B6F;
    private const int BufferSize = 1 << 20;
    private readonly byte* _buffer = (byte*)NativeMemory.AlignedAlloc(BufferSize, 4096);
    private readonly List<(string Name, ulong Low, ulong High)> _patterns = [];

    /// <summary>Remembers 16 bytes, masked.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public void Add(string name, void* value)
    {
        var words = (ulong*)value;
        _patterns.Add((name, words[0] ^ Mask, words[1] ^ Mask));
    }

    /// <summary>
    /// Remembers a scalar of four little-endian words in all forms that signing keeps one in: these, its big-endian bytes and its
    /// big-endian 32-bit words.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public void AddScalar(string name, ulong* w)
    {
        _patterns.Add((name + ", words 0 and 1", w[0] ^ Mask, w[1] ^ Mask));
        _patterns.Add((name + ", words 2 and 3", w[2] ^ Mask, w[3] ^ Mask));
        _patterns.Add((name + ", upper bytes", Reverse(w[3]), Reverse(w[2])));
        _patterns.Add((name + ", lower bytes", Reverse(w[1]), Reverse(w[0])));
        _patterns.Add((name + ", upper 32-bit words", Swap(w[3]), Swap(w[2])));
        _patterns.Add((name + ", lower 32-bit words", Swap(w[1]), Swap(w[0])));
    }

    /// <summary>Every place where a pattern stands, at any multiple of 4 bytes, with the mapping it lies in.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public List<string> Find()
    {
        var found = new List<string>();
        using var memory = new FileStream("/proc/self/mem", FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        foreach (var (start, end, name) in Mappings())
        {
            for (var at = start; at < end; at += BufferSize - 16)
            {
                var own = (ulong)_buffer;
                if (at < own + BufferSize && own < at + BufferSize)
                {
                    // What the buffer held would be found in it.
                    new Span<byte>(_buffer, BufferSize).Clear();
                }

                var length = (int)Math.Min(BufferSize, end - at);
                if (TryRead(memory, at, length) is var count and >= 16)
                {
                    Search(count, at, name, found);
                }
            }
        }

        new Span<byte>(_buffer, BufferSize).Clear();
        return found;
    }

    /// <summary>The bytes at an address, or null where nothing is mapped.</summary>
    public static byte[]? TryRead(nuint address, int length)
    {
        var bytes = new byte[length];
        using var memory = new FileStream("/proc/self/mem", FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        try
        {
            memory.Position = (long)address;
            memory.ReadExactly(bytes);
            return bytes;
        }
        catch (IOException)
        {
            return null;
        }
    }

    public void Dispose() => NativeMemory.AlignedFree(_buffer);

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private void Search(int count, ulong at, string name, List<string> found)
    {
        foreach (var (pattern, low, high) in _patterns)
        {
            for (var i = 0; i + 16 <= count; i += 4)
            {
                if ((Unsafe.ReadUnaligned<ulong>(_buffer + i) ^ Mask) == low
                    && (Unsafe.ReadUnaligned<ulong>(_buffer + i + 8) ^ Mask) == high)
                {
                    found.Add($"{pattern} at 0x{at + (ulong)i:x} in {name}");
                }
            }
        }
    }

    private int TryRead(FileStream memory, ulong at, int length)
    {
        try
        {
            memory.Position = (long)at;
            return memory.ReadAtLeast(new Span<byte>(_buffer, length), length, throwOnEndOfStream: false);
        }
        catch (IOException)
        {
            // A page that cannot be read, such as the kernel's own.
            return 0;
        }
    }

    private static List<(ulong Start, ulong End, string Name)> Mappings()
    {
        var mappings = new List<(ulong, ulong, string)>();
        foreach (var line in File.ReadLines("/proc/self/maps"))
        {
            var parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var range = parts[0].Split('-');
            if (parts[1].StartsWith("rw", StringComparison.Ordinal))
            {
                mappings.Add((
                    ulong.Parse(range[0], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture),
                    ulong.Parse(range[1], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture),
                    parts.Length > 5 ? parts[5] : "anonymous memory"));
            }
        }

        return mappings;
    }

    private static ulong Reverse(ulong word) =>
        System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(word ^ Mask) ^ (
            System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(Mask) ^ Mask);

    private static ulong Swap(ulong word) =>
        System.Numerics.BitOperations.RotateLeft(word ^ Mask, 32) ^ (System.Numerics.BitOperations.RotateLeft(Mask, 32) ^ Mask);
}
