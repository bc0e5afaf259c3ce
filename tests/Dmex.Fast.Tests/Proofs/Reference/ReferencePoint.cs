using System.Numerics;

namespace Dmex.Fast.Tests.Proofs.Reference;

/// <summary>A point of secp256k1 in affine coordinates, or the point at infinity.</summary>
internal readonly record struct ReferencePoint(BigInteger X, BigInteger Y, bool IsInfinity)
{
    public static readonly ReferencePoint Infinity = new(BigInteger.Zero, BigInteger.Zero, IsInfinity: true);

    public static ReferencePoint At(BigInteger x, BigInteger y) => new(x, y, IsInfinity: false);
}
