using System.Runtime.CompilerServices;
using Dmex.Fast.Signing.Curve;
using Dmex.Fast.Signing.Hashing;
using Dmex.Fast.Signing.Vectors;

namespace Dmex.Fast.Signing;

/// <summary>
/// Who made a signature (SEC 1, section 4.1.6, for x(R) below n). Recovery alone verifies nothing: about half of all random values
/// are some key's signature of any hash. To verify, use <see cref="SignatureVerifier"/>. Variable time: for public values.
/// Thread-safe; allocates nothing.
/// </summary>
public static unsafe class SignerRecovery
{
    /// <summary>Recovers the signer of an order hash.</summary>
    /// <param name="hash">The hash whose personal message was signed.</param>
    /// <param name="signature">r and s in [1, n - 1], s at most (n - 1) / 2, v 27 or 28; others have no signer here.</param>
    /// <returns>The address of the one key that can have made the signature; null when there is none.</returns>
    /// <exception cref="InvalidOperationException">This thread's rounding mode is not to nearest and could not be set right.</exception>
    public static EthereumAddress? RecoverAddress(in OrderHash hash, in Signature signature)
    {
        Span<byte> digest = stackalloc byte[Keccak256.DigestSize];
        PersonalMessage.Digest(in hash, digest);
        return RecoverAddressFromDigest(digest, in signature);
    }

    /// <summary>Recovers the signer of a digest.</summary>
    /// <param name="digest">The 32 bytes that were signed, big-endian.</param>
    /// <param name="signature">r and s in [1, n - 1], s at most (n - 1) / 2, v 27 or 28; others have no signer here.</param>
    /// <returns>The address of the one key that can have made the signature; null when there is none.</returns>
    /// <exception cref="ArgumentException"><paramref name="digest"/> is not 32 bytes long.</exception>
    /// <exception cref="InvalidOperationException">This thread's rounding mode is not to nearest and could not be set right.</exception>
    public static EthereumAddress? RecoverAddressFromDigest(ReadOnlySpan<byte> digest, in Signature signature)
    {
        Span<byte> publicKey = stackalloc byte[SigningKey.PublicKeySize];
        return TryRecoverPublicKey(digest, in signature, publicKey) ? EthereumAddress.FromPublicKey(publicKey) : null;
    }

    /// <summary>Recovers the public key that signed a digest.</summary>
    /// <param name="digest">The 32 bytes that were signed, big-endian.</param>
    /// <param name="signature">As for <see cref="RecoverAddressFromDigest"/>.</param>
    /// <param name="publicKey">At least 64 bytes; receives x‖y, big-endian, when the result is true.</param>
    /// <returns>Whether the values are a signature of some key.</returns>
    /// <exception cref="ArgumentException"><paramref name="digest"/> is not 32 bytes long, or <paramref name="publicKey"/> is too
    /// short.</exception>
    internal static bool TryRecoverPublicKey(ReadOnlySpan<byte> digest, in Signature signature, Span<byte> publicKey)
    {
        if (digest.Length != Keccak256.DigestSize)
        {
            throw new ArgumentException($"A digest has {Keccak256.DigestSize} bytes, not {digest.Length}.", nameof(digest));
        }

        if (publicKey.Length < SigningKey.PublicKeySize)
        {
            throw new ArgumentException(
                $"A public key needs {SigningKey.PublicKeySize} bytes, not {publicKey.Length}.", nameof(publicKey));
        }

        var rOverflow = Scalar.FromBytes(out var r, signature.R);
        var sOverflow = Scalar.FromBytes(out var s, signature.S);
        var refused = rOverflow | sOverflow | r.IsZeroMask() | s.IsZeroMask() | s.IsHighMask();
        if (refused != 0 || signature.V is not (27 or 28))
        {
            return false;
        }

        // r < n < p, so r is x(R) itself.
        FieldElement.FromBytes(out var x, signature.R);
        if (!AffinePoint.TryFromXVarTime(out var point, in x, odd: signature.V == 28))
        {
            return false;
        }

        // Q = r^-1 (s R - z G)
        _ = Scalar.FromBytes(out var z, digest);
        Scalar.Invert(out var rInverse, in r);
        Scalar.Multiply(out var u1, in z, in rInverse);
        Scalar.ConditionalNegate(ref u1, ulong.MaxValue);
        Scalar.Multiply(out var u2, in s, in rInverse);
        PointMultiply.MultiplyVarTime(out var q, in point, in u2);
        if (u1.IsZeroMask() == 0)
        {
            AddGeneratorMultiple(ref q, in u1);
        }

        if (q.IsInfinity())
        {
            return false;
        }

        JacobianPoint.ToAffine(out var affine, in q);
        affine.X.ToBytes(publicKey);
        affine.Y.ToBytes(publicKey[32..]);
        return true;
    }

    /// <summary>q := q + u · G, by the widest lanes that there are.</summary>
    private static void AddGeneratorMultiple(ref JacobianPoint q, in Scalar u)
    {
        if (FieldElementX8.IsSupported)
        {
            AddGeneratorMultiple<FieldElementX8, LaneTableReaderX8>(ref q, in u);
        }
        else if (FieldElementX4.IsSupported)
        {
            AddGeneratorMultiple<FieldElementX4, LaneTableReaderX4>(ref q, in u);
        }
        else
        {
            FixedBaseMultiply.Multiply(out var multiple, FixedBaseTable.Generator, in u);
            JacobianPoint.AddVarTime(ref q, in multiple);
        }
    }

    [SkipLocalsInit]
    private static void AddGeneratorMultiple<T, TReader>(ref JacobianPoint q, in Scalar u)
        where T : unmanaged, ILaneField<T>
        where TReader : ILaneTableReader<T>
    {
        const int CacheLine = 64;
        var memory = stackalloc byte[sizeof(LaneScratch<T>) + CacheLine];
        var s = (LaneScratch<T>*)(((nuint)memory + CacheLine - 1) & ~(nuint)(CacheLine - 1));
        using var rounding = NearestRounding.Enter();
        SignedDigits.Recode(&s->Digits, in u);
        LaneMultiply<T, TReader>.Multiply(s, LaneTable.Generator.Words, &s->Digits);

        // Homogeneous to Jacobian without an inversion: (X : Y : Z) is (X Z, Y Z², Z).
        JacobianPoint multiple;
        s->Point.X.FirstLane(out multiple.X);
        s->Point.Y.FirstLane(out multiple.Y);
        s->Point.Z.FirstLane(out multiple.Z);
        FieldElement.Multiply(out multiple.X, in multiple.X, in multiple.Z);
        FieldElement.Square(out var zz, in multiple.Z);
        FieldElement.Multiply(out multiple.Y, in multiple.Y, in zz);
        JacobianPoint.AddVarTime(ref q, in multiple);
    }
}
