using Dmex.Fast.Signing.Curve;
using Dmex.Fast.Signing.Vectors;

namespace Dmex.Fast.Signing.Ecdsa;

/// <summary>The multiples of a public key for <see cref="SignatureVerification"/>, in the form that the kernel reads.</summary>
internal sealed class VerificationTable
{
    private readonly FixedBaseTable? _portable;
    private readonly LaneTable? _lanes;

    /// <summary>Computes the multiples in about a millisecond.</summary>
    /// <param name="kernel">The kernel that will read them.</param>
    /// <param name="publicKey">Q, normal.</param>
    public VerificationTable(SigningKernel kernel, in AffinePoint publicKey)
    {
        if (kernel == SigningKernel.Portable)
        {
            _portable = new FixedBaseTable(in publicKey);
        }
        else
        {
            _lanes = new LaneTable(in publicKey);
        }
    }

    /// <summary>For the portable kernel.</summary>
    public FixedBaseTable Portable => _portable!;

    /// <summary>For the lane kernels.</summary>
    public LaneTable Lanes => _lanes!;
}
