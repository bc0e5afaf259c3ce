namespace Dmex.Fast.Signing;

/// <summary>Signs order hashes with one key; one per thread.</summary>
public sealed class OrderSigner : IDisposable
{
    /// <summary>Makes a signer; VerifyAfterSign recovers each signature's signer before it is handed out.</summary>
    public OrderSigner(SigningKey key, bool verifyAfterSign = true) => throw new NotSupportedException();

    /// <summary>Signs.</summary>
    public void Sign(in OrderHash hash, out Signature signature) => throw new NotSupportedException();

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
