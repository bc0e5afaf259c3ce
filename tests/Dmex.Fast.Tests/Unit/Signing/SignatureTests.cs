using Dmex.Fast.Signing;
using Xunit;

namespace Dmex.Fast.Tests.Unit.Signing;

public sealed class SignatureTests
{
    private static readonly byte[] Rs = [.. Enumerable.Range(1, 64).Select(i => (byte)i)];

    [Fact]
    public void The_parts_are_what_was_given()
    {
        var signature = new Signature(Rs, 28);
        var copy = new byte[64];
        signature.CopyTo(copy);
        Assert.Equal(28, signature.V);
        Assert.Equal(Rs, copy);
        Assert.Equal(Rs[..32], signature.R.ToArray());
        Assert.Equal(Rs[32..], signature.S.ToArray());
        Assert.Equal(Rs, signature.AsSpan().ToArray());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(26)]
    [InlineData(29)]
    [InlineData(283)]
    [InlineData(-1)]
    public void Any_v_but_27_and_28_is_refused(int value) =>
        Assert.Throws<ArgumentOutOfRangeException>("v", () => new Signature(Rs, value));

    [Fact]
    public void Wrong_lengths_name_their_parameter()
    {
        Assert.Throws<ArgumentException>("rs", () => new Signature(new byte[63], 27));
        Assert.Throws<ArgumentException>("rs", () => new Signature(new byte[65], 27));
        Assert.Throws<ArgumentException>("destination", () => new Signature(Rs, 27).CopyTo(new byte[63]));
    }

    [Fact]
    public void The_text_shows_nothing_that_could_cancel_an_order()
    {
        var text = new Signature(Rs, 27).ToString();
        Assert.Equal("Signature(v=27)", text);
    }

    [Fact]
    public void Equality_sees_every_byte_and_v()
    {
        var signature = new Signature(Rs, 27);
        Assert.True(signature == new Signature(Rs, 27));
        Assert.Equal(signature.GetHashCode(), new Signature(Rs, 27).GetHashCode());
        Assert.True(signature != new Signature(Rs, 28));
        Assert.False(signature.Equals(new object()));
        for (var i = 0; i < Signature.Size; i++)
        {
            var other = (byte[])Rs.Clone();
            other[i] ^= 0x80;
            Assert.True(signature != new Signature(other, 27));
        }
    }

    [Fact]
    public void A_default_value_is_no_signature()
    {
        Signature none = default;
        Assert.Equal(0, none.V);
        Assert.Null(SignerRecovery.RecoverAddress(default, in none));
    }
}
