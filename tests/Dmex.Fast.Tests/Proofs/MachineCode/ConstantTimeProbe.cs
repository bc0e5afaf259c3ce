using Dmex.Fast.Signing;
using Dmex.Fast.Signing.Ecdsa;
using Dmex.Fast.Signing.Memory;
using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.Proofs.MachineCode;

/// <summary>
/// Every kernel's way from a key's text to signatures, once: what <see cref="ConstantTimeListingTests"/> watches in a process of its own.
/// </summary>
public sealed class ConstantTimeProbe
{
    [Fact]
    public void A_key_is_read_and_each_kernel_signs()
    {
        const string Text = "0x4646464646464646464646464646464646464646464646464646464646464646";
        using var key = SigningKey.Parse(Text.AsSpan());
        using var same = SigningKey.Parse(System.Text.Encoding.UTF8.GetBytes(Text));
        var hashes = SampleHashes.Same(BatchWorkspace.Capacity + 1);
        var signatures = new Signature[hashes.Length];
        foreach (var kernel in Kernels.Supported)
        {
            using var signer = new OrderSigner(key, verifyAfterSign: false, kernel);
            signer.Sign(SampleHashes.One, out var signature);
            signer.SignDigest(new byte[32], refusedNonces: 1, out _);
            using var batch = new BatchSigner(key, verifyAfterSign: false, kernel);
            batch.Sign(hashes, signatures);
            Assert.All(signatures, one => Assert.Equal(signature, one));
            Verify(key, kernel, hashes, signature);
        }

        Assert.Equal(key.Address, same.Address);
        Assert.NotEqual(0UL, LeakyExample.RunAll());
    }

    /// <summary>With verification, which is in variable time, and each nonce made twice.</summary>
    private static void Verify(SigningKey key, SigningKernel kernel, OrderHash[] hashes, Signature expected)
    {
        var signatures = new Signature[hashes.Length];
        using var signer = new OrderSigner(key, verifyAfterSign: true, kernel, recomputeNonce: true);
        using var batch = new BatchSigner(key, verifyAfterSign: true, kernel, recomputeNonce: true);
        signer.Sign(in hashes[0], out var signature);
        batch.Sign(hashes, signatures);
        Assert.Equal(expected, signature);
        Assert.All(signatures, one => Assert.Equal(expected, one));
    }
}
