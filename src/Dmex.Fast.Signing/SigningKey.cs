namespace Dmex.Fast.Signing;

/// <summary>A private key.</summary>
public sealed class SigningKey : IDisposable
{
    /// <summary>Reads 0x and 64 hex digits.</summary>
    public static SigningKey Parse(ReadOnlySpan<char> text) => throw new NotSupportedException();

    /// <summary>Reads 0x and 64 hex digits.</summary>
    public static SigningKey Parse(ReadOnlySpan<byte> utf8Text) => throw new NotSupportedException();

    /// <summary>Copies 32 big-endian bytes.</summary>
    public static SigningKey FromBytes(ReadOnlySpan<byte> bytes) => throw new NotSupportedException();

    /// <summary>The account.</summary>
    public EthereumAddress Address { get; }

    /// <summary>What was achieved.</summary>
    public KeyProtection Protection { get; }

    /// <summary>Writes x‖y.</summary>
    public void CopyPublicKeyTo(Span<byte> destination) => throw new NotSupportedException();

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
