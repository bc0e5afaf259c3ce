using Dmex.Fast.Signing.Curve;
using Dmex.Fast.Signing.Vectors;

namespace Dmex.Fast.Signing.Ecdsa;

/// <summary>The multiples of G and of a public key for verification, in the form that a kernel reads. Signing reads neither.</summary>
internal sealed class VerificationTable
{
    /// <summary>Computes the multiples of Q, and those of G once a process: large in some 25 milliseconds each, small in one.</summary>
    /// <param name="kernel">The kernel that will read them.</param>
    /// <param name="publicKey">Q, normal.</param>
    /// <param name="isSmall">Whether the tables are small ones: batches cannot read these.</param>
    public VerificationTable(SigningKernel kernel, in AffinePoint publicKey, bool isSmall = false)
    {
        var bits = isSmall ? VarTimeTable.SmallBits : VarTimeTable.LargeBits;
        var biased = kernel != SigningKernel.Portable;
        Kernel = kernel;
        Generator = VarTimeTable.Generator(biased, bits);

        // The throwaway key of warming up is 1: its table is there already.
        var g = AffinePoint.Generator;
        var isGenerator = FieldElement.AreEqual(in publicKey.X, in g.X) && FieldElement.AreEqual(in publicKey.Y, in g.Y);
        PublicKey = isGenerator ? Generator : VarTimeTable.OfKey(in publicKey, biased, bits);
    }

    /// <summary>The kernel that reads the tables.</summary>
    public SigningKernel Kernel { get; }

    /// <summary>The multiples of G.</summary>
    public VarTimeTable Generator { get; }

    /// <summary>The multiples of Q.</summary>
    public VarTimeTable PublicKey { get; }
}
