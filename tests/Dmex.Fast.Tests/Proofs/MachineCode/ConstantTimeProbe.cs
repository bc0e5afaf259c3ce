using Dmex.Fast.Signing;
using Dmex.Fast.Signing.Memory;
using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.Proofs.MachineCode;

/// <summary>Every kernel's way from a key's text to signatures, once: what <see cref="ConstantTimeListingTests"/> watches in a process of its own.</summary>
public sealed class ConstantTimeProbe
{
    [Fact]
    public void A_key_is_read_and_each_kernel_signs()
    {
        const string Text = "0x4646464646464646464646464646464646464646464646464646464646464646";
        using var key = SigningKey.Parse(Text);
        using var same = SigningKey.Parse(System.Text.Encoding.UTF8.GetBytes(Text));
        var hashes = new OrderHash[BatchWorkspace.Capacity + 1];
        var signatures = new Signature[hashes.Length];
        foreach (var kernel in Kernels.Supported)
        {
            using var signer = new OrderSigner(key, verifyAfterSign: false, kernel);
            signer.Sign(default, out var signature);
            signer.SignDigest(new byte[32], refusedNonces: 1, out _);
            using var batch = new BatchSigner(key, verifyAfterSign: false, kernel);
            batch.Sign(hashes, signatures);
            Assert.All(signatures, one => Assert.Equal(signature, one));
        }

        Assert.Equal(key.Address, same.Address);
        Assert.NotEqual(0UL, LeakyExample.RunAll());
    }
}
