using Dmex.Fast.Signing.Curve;
using Dmex.Fast.Signing.Hashing;
using Dmex.Fast.Signing.Vectors;

namespace Dmex.Fast.Signing.Memory;

/// <summary>The working memory of one signature: every secret intermediate value has its place here, and is wiped after use.</summary>
internal unsafe struct SignerWorkspace
{
    /// <summary>The scratch of the lane kernels, sized for the widest. First, so that its vectors are aligned as the pages are.</summary>
    public LaneScratch<FieldElementX8> Lanes;

    /// <summary>SHA-256's message schedule; its first 16 words are the block.</summary>
    public fixed uint Schedule[Sha256.ScheduleWords];

    /// <summary>RFC 6979's V, and the HMAC of the step at hand.</summary>
    public fixed uint V[Sha256.StateWords];

    /// <summary>RFC 6979's K.</summary>
    public fixed uint HmacKey[Sha256.StateWords];

    /// <summary>The inner midstate of HMAC with K.</summary>
    public fixed uint Inner[Sha256.StateWords];

    /// <summary>The outer midstate of HMAC with K.</summary>
    public fixed uint Outer[Sha256.StateWords];

    /// <summary>The digest modulo n as 8 big-endian words (RFC 6979's bits2octets).</summary>
    public fixed uint DigestWords[Sha256.StateWords];

    /// <summary>The nonce k, then its inverse.</summary>
    public Scalar Nonce;

    /// <summary>The value under way to s.</summary>
    public Scalar S;

    /// <summary>k · G with its secret Z, as the portable kernel computes it.</summary>
    public JacobianPoint Point;
}
