namespace Dmex.Fast.Signing.Ecdsa;

/// <summary>Which implementation computes the nonce's point and the inverses; all give the same signatures.</summary>
internal enum SigningKernel
{
    /// <summary>64-bit words; every processor.</summary>
    Portable,

    /// <summary>Four lanes in Vector256; AVX2 and FMA.</summary>
    Avx2,

    /// <summary>Eight lanes in Vector512; AVX-512F, DQ and VL.</summary>
    Avx512,
}
