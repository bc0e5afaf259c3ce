using Dmex.Fast.Signing;
using Dmex.Fast.Signing.Hashing;
using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.Proofs.Allocation;

/// <summary>
/// Signing, digests, formatting, parsing and recovery allocate nothing; a control that must allocate shows that the meter works.
/// </summary>
public sealed class SigningAllocationTests : IDisposable
{
    private const int Repetitions = 500;
    private const string HashText = "0x00112233445566778899aabbccddeeff0123456789abcdeffedcba9876543210";

    private readonly SigningKey _key = SigningKey.FromBytes(Enumerable.Repeat((byte)0x21, 32).ToArray());
    private readonly OrderHash _hash = OrderHash.Parse(HashText);
    private readonly byte[] _bytes = new byte[128];
    private readonly char[] _characters = new char[128];

    public void Dispose() => _key.Dispose();

    [Fact]
    public void The_meter_sees_an_allocation()
    {
        var bytes = AllocationMeter.Measure(Repetitions, () => GC.KeepAlive(new byte[100]));
        Assert.True(bytes >= Repetitions * 100);
        Assert.True(
            AllocationMeter.Measure(Repetitions, () => GC.KeepAlive(_hash.ToString())) >= Repetitions * OrderHash.TextLength * sizeof(
                char));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_signature_allocates_nothing(bool verifyAfterSign)
    {
        using var signer = new OrderSigner(_key, verifyAfterSign);
        Assert.Equal(0, AllocationMeter.Measure(Repetitions, () =>
        {
            signer.Sign(in _hash, out var signature);
            signature.CopyTo(_bytes);
        }));
    }

    [Fact]
    public void A_digest_allocates_nothing()
    {
        Assert.Equal(0, AllocationMeter.Measure(Repetitions, () => PersonalMessage.Digest(in _hash, _bytes)));
        Assert.Equal(0, AllocationMeter.Measure(Repetitions, () => Keccak256.Hash(_bytes, _bytes)));
    }

    [Fact]
    public void Parsing_and_formatting_a_hash_allocate_nothing()
    {
        var utf8 = System.Text.Encoding.UTF8.GetBytes(HashText);
        Assert.Equal(0, AllocationMeter.Measure(Repetitions, () =>
        {
            Assert.True(OrderHash.TryParse(HashText, out var fromText));
            Assert.True(OrderHash.TryParse(utf8, out var fromUtf8));
            Assert.True(fromText == fromUtf8 && OrderHash.Parse(HashText) == OrderHash.Parse(utf8));
            Assert.False(OrderHash.TryParse(HashText.AsSpan(1), out _));
            Assert.True(fromText.TryFormat(_characters, out _));
            Assert.True(fromText.TryFormat(_bytes, out _));
        }));
    }

    [Fact]
    public void Parsing_and_formatting_an_address_allocate_nothing()
    {
        var text = _key.Address.ToString();
        Assert.Equal(0, AllocationMeter.Measure(Repetitions, () =>
        {
            Assert.True(EthereumAddress.TryParse(text.AsSpan(), out var address));
            Assert.True(address.TryFormat(_characters, out _));
        }));
    }

    [Fact]
    public void Recovery_allocates_nothing()
    {
        using var signer = new OrderSigner(_key);
        signer.Sign(in _hash, out var signature);
        Assert.Equal(0, AllocationMeter.Measure(Repetitions, () =>
        {
            var address = SignerRecovery.RecoverAddress(in _hash, in signature);
            Assert.True(address == _key.Address);
        }));
    }
}
