using Dmex.Fast.Signing;
using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.Proofs.MachineCode;

/// <summary>The way of a key through the library, once: what <see cref="JitTierTests"/> watches in a process of its own.</summary>
public sealed class SecretPathProbe
{
    [Fact]
    public void A_key_is_read_and_signs()
    {
        const string Text = "0x4646464646464646464646464646464646464646464646464646464646464646";
        using var key = SigningKey.Parse(Text.AsSpan());
        using var same = SigningKey.Parse(System.Text.Encoding.UTF8.GetBytes(Text));
        using var signer = new OrderSigner(key, verifyAfterSign: false);
        signer.Sign(SampleHashes.One, out var signature);

        // Far above the calls after which a method would be compiled again: a second tier would show.
        for (var i = 0; i < 200; i++)
        {
            signer.Sign(SampleHashes.One, out var again);
            Assert.Equal(signature, again);
        }

        using var batchSigner = new BatchSigner(key, verifyAfterSign: false);
        var batch = new Signature[300];
        batchSigner.Sign(SampleHashes.Same(batch.Length), batch);
        Assert.All(batch, again => Assert.Equal(signature, again));

        signer.SignDigest(new byte[32], refusedNonces: 1, out _);
        Assert.Equal(key.Address, same.Address);
    }
}
