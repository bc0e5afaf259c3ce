using System.Security.Cryptography;
using Dmex.Fast.Lab.Peers;
using Dmex.Fast.Signing;
using Xunit;

namespace Dmex.Fast.Tests.EndToEnd.Cli;

/// <summary>The demo compares like with like: every signer in it makes the same signature.</summary>
public sealed class PeerSignerTests
{
    [Fact]
    public void BouncyCastle_in_the_demo_signs_as_the_library_does()
    {
        var privateKey = RandomNumberGenerator.GetBytes(32);
        privateKey[0] = 0x7F;
        using var peer = new BouncyCastleSigner(privateKey);
        AssertSame(peer, privateKey);
    }

    [Fact]
    public void Nethereum_in_the_demo_signs_as_the_library_does()
    {
        var privateKey = RandomNumberGenerator.GetBytes(32);
        privateKey[0] = 0x7F;
        using var peer = new NethereumSigner(privateKey);
        AssertSame(peer, privateKey);
    }

    [Fact]
    public void NBitcoin_in_the_demo_signs_as_the_library_does()
    {
        var privateKey = RandomNumberGenerator.GetBytes(32);
        privateKey[0] = 0x7F;
        using var peer = new NBitcoinSigner(privateKey);
        AssertSame(peer, privateKey);
    }

    [Fact]
    public void Libsecp256k1_in_the_demo_signs_as_the_library_does()
    {
        Assert.SkipUnless(LibSecp256k1.IsPresent, "libsecp256k1 is not installed.");
        var privateKey = RandomNumberGenerator.GetBytes(32);
        privateKey[0] = 0x7F;
        using var peer = new LibSecp256k1Signer(privateKey);
        AssertSame(peer, privateKey);
    }

    private static void AssertSame(IMessageSigner peer, byte[] privateKey)
    {
        using var key = SigningKey.FromBytes(privateKey);
        using var signer = new OrderSigner(key);
        var signature = new byte[Signature.Size];
        for (var i = 0; i < 64; i++)
        {
            var hash = new OrderHash(RandomNumberGenerator.GetBytes(OrderHash.Size));
            signer.Sign(hash, out var ours);

            var v = peer.Sign(hash.AsSpan(), signature);

            Assert.True(ours == new Signature(signature, v), $"key {Convert.ToHexString(privateKey)}, hash {hash}");
        }
    }
}
