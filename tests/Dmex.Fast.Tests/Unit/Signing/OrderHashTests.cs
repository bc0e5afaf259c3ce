using System.Text;
using Dmex.Fast.Signing;
using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.Unit.Signing;

public sealed class OrderHashTests(ITestOutputHelper output)
{
    private const string Lower = "0x00112233445566778899aabbccddeeff0123456789abcdeffedcba9876543210";
    private static readonly byte[] Bytes = Convert.FromHexString(Lower[2..]);

    [Theory]
    [InlineData(Lower)]
    [InlineData("0x00112233445566778899AABBCCDDEEFF0123456789ABCDEFFEDCBA9876543210")]
    [InlineData("0x00112233445566778899AabBCcdDeEfF0123456789aBcDeFfEdCbA9876543210")]
    public void Either_case_is_read_from_UTF16_and_UTF8_and_written_in_lower_case(string text)
    {
        OrderHash[] parsed =
        [
            OrderHash.Parse(text),
            OrderHash.Parse(text.AsSpan()),
            OrderHash.Parse(Encoding.UTF8.GetBytes(text)),
            ParseGeneric<OrderHash>(text),
            ParseSpanGeneric<OrderHash>(text),
            ParseUtf8Generic<OrderHash>(Encoding.UTF8.GetBytes(text)),
        ];
        foreach (var hash in parsed)
        {
            Assert.Equal(Bytes, hash.AsSpan().ToArray());
            Assert.Equal(Lower, hash.ToString());
            Assert.Equal(Lower, $"{hash}");
        }
    }

    [Fact]
    public void Text_and_bytes_round_trip()
    {
        var random = Seed.Create(output);
        var bytes = new byte[OrderHash.Size];
        var copy = new byte[OrderHash.Size];
        for (var i = 0; i < 1_000; i++)
        {
            random.NextBytes(bytes);
            var hash = new OrderHash(bytes);
            hash.CopyTo(copy);
            Assert.Equal(bytes, copy);
            Assert.Equal(hash, OrderHash.Parse(hash.ToString()));
            Assert.Equal("0x" + Convert.ToHexStringLower(bytes), hash.ToString());
        }
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("0", "does not begin with 0x")]
    [InlineData("00112233445566778899aabbccddeeff0123456789abcdeffedcba987654321000", "does not begin with 0x")]
    [InlineData("0X00112233445566778899aabbccddeeff0123456789abcdeffedcba9876543210", "does not begin with 0x")]
    [InlineData("0x00112233445566778899aabbccddeeff0123456789abcdeffedcba987654321g", "position 65 holds 'g'")]
    [InlineData("0xg0112233445566778899aabbccddeeff0123456789abcdeffedcba9876543210", "position 2 holds 'g'")]
    [InlineData("0x00112233445566778899aabbccddeeff 123456789abcdeffedcba9876543210", "position 34 holds U+0020")]
    [InlineData("0x0011", "4 characters after 0x")]
    [InlineData("0x00112233445566778899aabbccddeeff0123456789abcdeffedcba98765432100", "65 characters after 0x")]
    public void Bad_text_is_refused_with_its_position_and_character(string text, string expected)
    {
        var fromUtf16 = Assert.Throws<FormatException>(() => OrderHash.Parse(text));
        var fromUtf8 = Assert.Throws<FormatException>(() => OrderHash.Parse(Encoding.UTF8.GetBytes(text)));
        Assert.Contains(expected, fromUtf16.Message, StringComparison.Ordinal);
        Assert.Contains("64 hex digits", fromUtf16.Message, StringComparison.Ordinal);
        Assert.Equal(fromUtf16.Message, fromUtf8.Message);
        Assert.False(OrderHash.TryParse(text, out var hash));
        Assert.Equal(default, hash);
        Assert.False(OrderHash.TryParse(Encoding.UTF8.GetBytes(text), out hash));
        Assert.Equal(default, hash);
    }

    [Fact]
    public void A_character_beyond_ASCII_is_named_by_its_code()
    {
        var text = Lower[..10] + "٣" + Lower[11..];
        Assert.Contains(
            "position 10 holds U+0663", Assert.Throws<FormatException>(() => OrderHash.Parse(text)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_text_is_no_hash()
    {
        Assert.False(OrderHash.TryParse((string?)null, out _));
        Assert.Throws<ArgumentNullException>(() => OrderHash.Parse((string)null!));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(33)]
    public void Any_number_of_bytes_but_32_is_refused(int count)
    {
        var error = Assert.Throws<ArgumentException>(() => new OrderHash(new byte[count]));
        Assert.Equal("bytes", error.ParamName);
        Assert.Contains("32 bytes", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_destination_that_is_too_short_is_left_as_it_was()
    {
        var hash = new OrderHash(Bytes);
        for (var length = 0; length < OrderHash.TextLength; length++)
        {
            var characters = Enumerable.Repeat('#', length).ToArray();
            Assert.False(hash.TryFormat(characters, out var written));
            Assert.Equal(0, written);
            Assert.All(characters, c => Assert.Equal('#', c));

            var utf8 = Enumerable.Repeat((byte)'#', length).ToArray();
            Assert.False(hash.TryFormat(utf8, out written));
            Assert.Equal(0, written);
            Assert.All(utf8, b => Assert.Equal((byte)'#', b));
        }

        Assert.Throws<ArgumentException>("destination", () => hash.CopyTo(new byte[31]));
    }

    [Fact]
    public void A_longer_destination_is_written_no_further_than_the_text()
    {
        var hash = new OrderHash(Bytes);
        var characters = Enumerable.Repeat('#', OrderHash.TextLength + 3).ToArray();
        Assert.True(((ISpanFormattable)hash).TryFormat(characters, out var written, "X", provider: null));
        Assert.Equal(OrderHash.TextLength, written);
        Assert.Equal(Lower + "###", new string(characters));

        var utf8 = Enumerable.Repeat((byte)'#', OrderHash.TextLength + 3).ToArray();
        Assert.True(((IUtf8SpanFormattable)hash).TryFormat(utf8, out written, default, provider: null));
        Assert.Equal(OrderHash.TextLength, written);
        Assert.Equal(Lower + "###", Encoding.UTF8.GetString(utf8));
    }

    [Fact]
    public void Equality_sees_every_byte()
    {
        var hash = new OrderHash(Bytes);
        Assert.True(hash == new OrderHash(Bytes));
        Assert.Equal(hash.GetHashCode(), new OrderHash(Bytes).GetHashCode());
        Assert.False(hash.Equals("a string"));
        for (var i = 0; i < OrderHash.Size; i++)
        {
            var other = (byte[])Bytes.Clone();
            other[i] ^= 1;
            Assert.True(hash != new OrderHash(other));
            Assert.False(hash.Equals((object)new OrderHash(other)));
        }
    }

    private static T ParseGeneric<T>(string text)
        where T : IParsable<T>
    {
        Assert.True(T.TryParse(text, provider: null, out var tried));
        var parsed = T.Parse(text, provider: null);
        Assert.Equal(parsed, tried);
        return parsed;
    }

    private static T ParseSpanGeneric<T>(ReadOnlySpan<char> text)
        where T : ISpanParsable<T>
    {
        Assert.True(T.TryParse(text, provider: null, out var tried));
        var parsed = T.Parse(text, provider: null);
        Assert.Equal(parsed, tried);
        return parsed;
    }

    private static T ParseUtf8Generic<T>(ReadOnlySpan<byte> text)
        where T : IUtf8SpanParsable<T>
    {
        Assert.True(T.TryParse(text, provider: null, out var tried));
        var parsed = T.Parse(text, provider: null);
        Assert.Equal(parsed, tried);
        return parsed;
    }
}
