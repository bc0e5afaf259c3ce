namespace Dmex.Fast.Signing;

/// <summary>Verifies signatures of order hashes. Variable time: for public values. Thread-safe; allocates nothing.</summary>
public static class SignatureVerifier
{
    /// <summary>Whether a signature is an account's, of an order hash.</summary>
    /// <param name="hash">The hash whose personal message was signed.</param>
    /// <param name="signature">High s and v other than 27 and 28 are refused; see <see cref="Signature.FromBytes"/> to normalize.</param>
    /// <param name="address">The account that must have signed.</param>
    /// <exception cref="InvalidOperationException">This thread's rounding mode is not to nearest and could not be set right.</exception>
    public static bool Verify(in OrderHash hash, in Signature signature, in EthereumAddress address) =>
        SignerRecovery.RecoverAddress(in hash, in signature) is { } signer && signer == address;
}
