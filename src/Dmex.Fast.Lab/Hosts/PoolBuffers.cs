using System.Buffers;

namespace Dmex.Fast.Lab.Hosts;

/// <summary>The buffers that SslStream rents from the shared pool to read into.</summary>
internal static class PoolBuffers
{
    private const int ReadBuffer = 32 * 1024;
    private const int Count = 8;

    /// <summary>
    /// Makes sure that the pool has some: a collection takes those out that were not used lately, and the next connection that reads
    /// while others do would allocate one. Thread-safe.
    /// </summary>
    public static void Refill()
    {
        var buffers = new byte[Count][];
        for (var i = 0; i < Count; i++)
        {
            buffers[i] = ArrayPool<byte>.Shared.Rent(ReadBuffer);
        }

        Array.ForEach(buffers, buffer => ArrayPool<byte>.Shared.Return(buffer));
    }
}
