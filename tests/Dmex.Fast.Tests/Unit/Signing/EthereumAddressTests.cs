using System.Text.Json;
using Dmex.Fast.Signing;
using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.Unit.Signing;

public sealed class EthereumAddressTests(ITestOutputHelper output)
{
    private const string Checksummed = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";

    public static TheoryData<string> Eip55Addresses()
    {
        var data = new TheoryData<string>();
        using var file = JsonDocument.Parse(File.ReadAllBytes(Repository.Vector("eip55-addresses.json")));
        foreach (var entry in file.RootElement.EnumerateArray())
        {
            data.Add(entry.GetProperty("address").GetString()!);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Eip55Addresses))]
    public void The_addresses_of_EIP_55_are_read_and_written_with_their_checksums(string text)
    {
        var address = EthereumAddress.Parse(text);
        Assert.Equal(Convert.FromHexString(text[2..]), address.AsSpan().ToArray());
        Assert.Equal(text, address.ToString());
        Assert.Equal(text, new EthereumAddress(Convert.FromHexString(text[2..])).ToString());
        Assert.Equal(address, EthereumAddress.Parse("0x" + text[2..].ToLowerInvariant()));
        Assert.Equal(address, EthereumAddress.Parse("0x" + text[2..].ToUpperInvariant()));
    }

    [Fact]
    public void One_letter_in_the_wrong_case_is_refused_and_named_a_checksum_error()
    {
        for (var i = 2; i < Checksummed.Length; i++)
        {
            if (!char.IsAsciiLetter(Checksummed[i]))
            {
                continue;
            }

            var flipped = Checksummed.ToCharArray();
            flipped[i] ^= ' ';
            Assert.False(EthereumAddress.TryParse(flipped, out var address));
            Assert.Equal(default, address);
            var error = Assert.Throws<FormatException>(() => EthereumAddress.Parse(new string(flipped)));
            Assert.Contains("EIP-55", error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "does not begin with 0x")]
    [InlineData("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAe", "39 characters after 0x")]
    [InlineData("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAedd", "41 characters after 0x")]
    [InlineData("0xzaAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "position 2 holds 'z'")]
    public void Bad_text_is_refused_with_what_is_wrong(string text, string expected)
    {
        Assert.Contains(expected, Assert.Throws<FormatException>(() => EthereumAddress.Parse(text)).Message, StringComparison.Ordinal);
        Assert.False(EthereumAddress.TryParse(text, out _));
    }

    [Fact]
    public void Any_random_address_round_trips()
    {
        var random = Seed.Create(output);
        var bytes = new byte[EthereumAddress.Size];
        for (var i = 0; i < 500; i++)
        {
            random.NextBytes(bytes);
            var address = new EthereumAddress(bytes);
            Assert.Equal(address, EthereumAddress.Parse(address.ToString()));
            Assert.Equal(address.GetHashCode(), EthereumAddress.Parse(address.ToString()).GetHashCode());
        }
    }

    [Fact]
    public void Wrong_lengths_name_their_parameter()
    {
        Assert.Throws<ArgumentException>("bytes", () => new EthereumAddress(new byte[19]));
        Assert.Throws<ArgumentException>("publicKey", () => EthereumAddress.FromPublicKey(new byte[65]));
        Assert.False(new EthereumAddress(new byte[20]).TryFormat(new char[41], out var written));
        Assert.Equal(0, written);
    }

    [Fact]
    public void The_interfaces_serve_generic_code()
    {
        Assert.Equal(Checksummed, RoundTrip<EthereumAddress>(Checksummed));
        Assert.Equal(Checksummed, $"{EthereumAddress.Parse(Checksummed)}");

        static string RoundTrip<T>(string text)
            where T : ISpanParsable<T>, ISpanFormattable
        {
            Assert.True(T.TryParse(text, provider: null, out var fromString));
            Assert.True(T.TryParse(text.AsSpan(), provider: null, out var fromSpan));
            Assert.Equal(fromString, fromSpan);
            Assert.Equal(fromString, T.Parse(text, provider: null));
            return T.Parse(text.AsSpan(), provider: null).ToString(format: null, formatProvider: null);
        }
    }
}
