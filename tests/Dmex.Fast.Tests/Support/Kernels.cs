using Dmex.Fast.Signing;
using Dmex.Fast.Signing.Ecdsa;
using Dmex.Fast.Signing.Hashing;
using Xunit;

namespace Dmex.Fast.Tests.Support;

/// <summary>The kernels that this processor can run, as the runtime is configured.</summary>
internal static class Kernels
{
    public static IReadOnlyList<SigningKernel> Supported { get; } = [.. Enum.GetValues<SigningKernel>().Where(SigningKernels.IsSupported)];

    /// <summary>The one signature that all of them make.</summary>
    public static Signature SignWithEach(SigningKey key, in OrderHash hash)
    {
        Signature? first = null;
        foreach (var kernel in Supported)
        {
            using var signer = new OrderSigner(key, verifyAfterSign: false, kernel);
            var signature = Sign(signer, in hash);
            Assert.Equal(first ?? signature, signature);
            first = signature;
        }

        return first!.Value;
    }

    /// <summary>The default hash, which other libraries sign too, is reached by its digest alone.</summary>
    private static Signature Sign(OrderSigner signer, in OrderHash hash)
    {
        Signature signature;
        if (hash == default)
        {
            Span<byte> digest = stackalloc byte[Keccak256.DigestSize];
            PersonalMessage.Digest(in hash, digest);
            signer.SignDigest(digest, refusedNonces: 0, out signature);
        }
        else
        {
            signer.Sign(in hash, out signature);
        }

        return signature;
    }
}
