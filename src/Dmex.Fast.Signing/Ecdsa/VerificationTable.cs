using Dmex.Fast.Signing.Curve;
using Dmex.Fast.Signing.Vectors;

namespace Dmex.Fast.Signing.Ecdsa;

/// <summary>The multiples of G and of a public key for verification, in the form that a kernel reads. Signing reads neither.</summary>
internal sealed class VerificationTable
{
    /// <summary>Computes the multiples of Q in about ten milliseconds, and those of G, once a process, in as many.</summary>
    /// <param name="kernel">The kernel that will read them.</param>
    /// <param name="publicKey">Q, normal.</param>
    public VerificationTable(SigningKernel kernel, in AffinePoint publicKey)
    {
        var biased = kernel != SigningKernel.Portable;
        Generator = VarTimeTable.Generator(biased);
        PublicKey = VarTimeTable.OfKey(in publicKey, biased);
    }

    /// <summary>The multiples of G.</summary>
    public VarTimeTable Generator { get; }

    /// <summary>The multiples of Q.</summary>
    public VarTimeTable PublicKey { get; }
}
