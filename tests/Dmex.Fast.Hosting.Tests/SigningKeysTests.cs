using System.Security.Cryptography;
using Dmex.Fast.Keys;
using Dmex.Fast.Signing;
using NBitcoin.Secp256k1;
using Nethereum.Signer;
using Xunit;

namespace Dmex.Fast.Hosting.Tests;

/// <summary>Keys of other libraries, and signers that keep theirs.</summary>
public sealed class SigningKeysTests
{
    [Fact]
    public void Keys_of_Nethereum_and_NBitcoin_become_the_same_key_and_sign_the_same()
    {
        var seed = RandomNumberGenerator.GetInt32(int.MaxValue);
        Random random = new(seed);
        for (var i = 0; i < 100; i++)
        {
            var bytes = Bytes(random);
            bytes[0] &= (byte)(i % 3 == 0 ? 0 : 0x7f);
            EthECKey theirs = new(bytes, isPrivate: true);
            using var nbitcoin = ECPrivKey.Create(bytes);
            using var one = theirs.ToSigningKey();
            using var other = nbitcoin.ToSigningKey();
            Assert.True(one.Address == other.Address, $"seed {seed}, round {i}");
            Assert.Equal(theirs.GetPublicAddress(), one.Address.ToString(), ignoreCase: true);
        }
    }

    [Fact]
    public void A_key_that_was_converted_is_left_as_it_was()
    {
        var bytes = Bytes(new Random(8));
        EthECKey nethereum = new((byte[])bytes.Clone(), isPrivate: true);
        using var nbitcoin = ECPrivKey.Create(bytes);

        nethereum.ToSigningKey().Dispose();
        nbitcoin.ToSigningKey().Dispose();

        Assert.Equal(bytes, nethereum.GetPrivateKeyAsBytes());
        Assert.Equal(bytes, nbitcoin.sec.ToBytes());
        using var again = nethereum.ToSigningKey();
        Assert.Equal(nethereum.GetPublicAddress(), again.Address.ToString(), ignoreCase: true);
    }

    [Fact]
    public async Task An_external_signer_of_Nethereum_signs_what_our_key_signs_with_v_or_without()
    {
        Random random = new(7);
        EthECKey theirs = new(Bytes(random), isPrivate: true);
        using var key = theirs.ToSigningKey();
        using OrderSigner ours = new(key);
        foreach (var givesV in new[] { true, false })
        {
            var signer = await ExternalCancelSigner.CreateAsync(
                new FakeExternalSigner(theirs, givesV), TestContext.Current.CancellationToken);
            Assert.Equal(key.Address, signer.Address);
            for (var i = 0; i < 20; i++)
            {
                OrderHash hash = new(Bytes(random));
                ours.Sign(hash, out var expected);
                Assert.Equal(expected, await signer.SignAsync(hash, TestContext.Current.CancellationToken));
            }
        }
    }

    internal static byte[] Bytes(Random random)
    {
        var bytes = new byte[32];
        random.NextBytes(bytes);
        return bytes;
    }
}
