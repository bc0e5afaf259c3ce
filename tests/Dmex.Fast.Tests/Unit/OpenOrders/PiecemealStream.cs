namespace Dmex.Fast.Tests.Unit.OpenOrders;

/// <summary>Bytes that come in pieces of random sizes, most of them small.</summary>
internal sealed class PiecemealStream(byte[] bytes, Random random) : MemoryStream(bytes)
{
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var size = random.Next(3) == 0 ? random.Next(1, 5000) : random.Next(1, 60);
        return base.ReadAsync(buffer[..Math.Min(size, buffer.Length)], cancellationToken);
    }
}
