using Dmex.Fast.Signing.Curve;
using Dmex.Fast.Signing.Hashing;

namespace Dmex.Fast.Signing.Memory;

/// <summary>What a private key keeps in <see cref="SecretMemory"/>: the scalar d, and what RFC 6979 needs of it.</summary>
internal unsafe struct KeyMaterial
{
    /// <summary>d, in [1, n - 1].</summary>
    public Scalar D;

    /// <summary>d as 8 big-endian words.</summary>
    public fixed uint Words[Sha256.StateWords];

    /// <summary>The inner midstate of HMAC with the key of 32 zeros, after the block V0 ‖ 0x00 ‖ d[0..30].</summary>
    public fixed uint FirstInner[Sha256.StateWords];

    /// <summary>The outer midstate of HMAC with the key of 32 zeros.</summary>
    public fixed uint FirstOuter[Sha256.StateWords];
}
