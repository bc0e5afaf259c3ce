using Dmex.Fast.Signing;

namespace Dmex.Fast;

/// <summary>
/// Signs cancels with a key that is kept elsewhere: in a key management service or a hardware security module. What takes one,
/// <see cref="CancelBook.ArmAsync"/> above all, calls it outside every lock, verifies what it gives, and sends nothing that does not
/// verify.
/// </summary>
/// <remarks>Its time is the caller's: arm ahead of time, so that nothing is signed when it counts. Must be thread-safe.</remarks>
public interface ICancelSigner
{
    /// <summary>The address whose key signs.</summary>
    EthereumAddress Address { get; }

    /// <summary>Signs an order's hash as an Ethereum personal message.</summary>
    /// <param name="hash">The 32 bytes of the hash; the prefix is the signer's to add (EIP-191, version 0x45).</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>The signature, with v = 27 or 28 and low s.</returns>
    ValueTask<Signature> SignAsync(OrderHash hash, CancellationToken cancellationToken);
}
