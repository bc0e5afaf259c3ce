using Nethereum.Model;
using Nethereum.Signer;
using Nethereum.Signer.Crypto;

namespace Dmex.Fast.Hosting.Tests;

/// <summary>Nethereum's external signer over a key in memory, through Nethereum's own base class.</summary>
internal sealed class FakeExternalSigner(EthECKey key, bool givesV) : EthExternalSignerBase
{
    public override bool CalculatesV { get; protected set; } = givesV;

    public override ExternalSignerTransactionFormat ExternalSignerTransactionFormat { get; protected set; } =
        ExternalSignerTransactionFormat.Hash;

    public override bool Supported1559 => true;

    public override Task SignAsync(LegacyTransaction transaction) => throw new NotSupportedException();

    public override Task SignAsync(LegacyTransactionChainId transaction) => throw new NotSupportedException();

    public override Task SignAsync(Transaction1559 transaction) => throw new NotSupportedException();

    public override Task SignAsync(Transaction7702 transaction) => throw new NotSupportedException();

    protected override Task<byte[]> GetPublicKeyAsync() => Task.FromResult(key.GetPubKey());

    protected override Task<ECDSASignature> SignExternallyAsync(byte[] bytes)
    {
        var signed = key.SignAndCalculateV(bytes);
        return Task.FromResult(
            new ECDSASignature(
                new Org.BouncyCastle.Math.BigInteger(1, signed.R), new Org.BouncyCastle.Math.BigInteger(1, signed.S))
            {
                V = signed.V,
            });
    }
}
