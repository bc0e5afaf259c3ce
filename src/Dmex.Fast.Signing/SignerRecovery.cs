namespace Dmex.Fast.Signing;

/// <summary>The address that made a signature. Variable time: public data only. Thread-safe.</summary>
public static class SignerRecovery
{
    /// <summary>Recovers from an order hash (personal message).</summary>
    public static bool TryRecover(in OrderHash hash, in Signature signature, out EthereumAddress address) => throw new NotSupportedException();

    /// <summary>Recovers from a 32-byte digest.</summary>
    public static bool TryRecoverDigest(ReadOnlySpan<byte> digest, in Signature signature, out EthereumAddress address) => throw new NotSupportedException();
}
