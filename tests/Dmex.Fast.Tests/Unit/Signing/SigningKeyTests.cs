using System.Diagnostics;
using System.Globalization;
using System.Numerics;
using System.Reflection;
using System.Text;
using Dmex.Fast.Signing;
using Dmex.Fast.Signing.Hashing;
using Dmex.Fast.Tests.Proofs.Reference;
using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.Unit.Signing;

public sealed class SigningKeyTests(ITestOutputHelper output)
{
    // The account of the key 0x4646…46 stands in EIP-155's example.
    private const string KnownKey = "0x4646464646464646464646464646464646464646464646464646464646464646";
    private const string KnownAddress = "0x9d8A62f656a8d1615C1294fd71e9CFb3E4855A4F";

    [Theory]
    [InlineData(KnownKey)]
    [InlineData("4646464646464646464646464646464646464646464646464646464646464646")]
    public void Hex_text_with_or_without_0x_gives_the_known_address(string text)
    {
        using var fromUtf16 = SigningKey.Parse(text.AsSpan());
        using var fromUtf8 = SigningKey.Parse(Encoding.UTF8.GetBytes(text));
        using var fromBytes = SigningKey.FromBytes(Enumerable.Repeat((byte)0x46, 32).ToArray());
        Assert.Equal(KnownAddress, fromUtf16.Address.ToString());
        Assert.Equal(KnownAddress, fromUtf8.Address.ToString());
        Assert.Equal(KnownAddress, fromBytes.Address.ToString());
    }

    [Fact]
    public void The_public_key_is_that_of_the_references()
    {
        var random = Seed.Create(output);
        var keys = Enumerable.Range(0, 200).Select(_ => Numbers.Key(random))
            .Concat([BigInteger.One, 2, ReferenceCurve.N - 1, ReferenceCurve.N - 2, ReferenceCurve.N / 2, BigInteger.One << 255]);
        var publicKey = new byte[SigningKey.PublicKeySize];
        foreach (var key in keys)
        {
            using var upper = SigningKey.Parse(Numbers.ToHex(key).ToUpperInvariant().AsSpan(2));
            upper.CopyPublicKeyTo(publicKey);
            Assert.Equal(BouncyCastleReference.PublicKey(key), publicKey);
            Assert.Equal(BouncyCastleReference.Keccak256(publicKey)[12..], upper.Address.AsSpan().ToArray());
        }
    }

    public static TheoryData<string> ValuesOutOfRange() =>
    [
        Numbers.ToHex(BigInteger.Zero),
        Numbers.ToHex(ReferenceCurve.N),
        Numbers.ToHex(ReferenceCurve.N + 1),
        Numbers.ToHex(ReferenceCurve.P),
        Numbers.ToHex(Numbers.Limit - 1),
    ];

    [Theory]
    [MemberData(nameof(ValuesOutOfRange))]
    public void Zero_and_the_group_order_and_more_are_refused_without_showing_the_value(string text)
    {
        var bytes = Convert.FromHexString(text[2..]);
        Exception[] errors =
        [
            Assert.Throws<FormatException>(() => SigningKey.Parse(text.AsSpan())),
            Assert.Throws<FormatException>(() => SigningKey.Parse(Encoding.UTF8.GetBytes(text))),
            Assert.Throws<ArgumentException>("bytes", () => SigningKey.FromBytes(bytes)),
        ];
        Assert.All(errors, error => AssertShowsNothingOf(text[2..], error));
    }

    [Fact]
    public void The_smallest_and_the_largest_key_are_taken()
    {
        using var one = SigningKey.Parse(Numbers.ToHex(BigInteger.One).AsSpan());
        using var largest = SigningKey.Parse(Numbers.ToHex(ReferenceCurve.N - 1).AsSpan());
        Assert.Equal("0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf", one.Address.ToString());
        Assert.NotEqual(one.Address, largest.Address);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(31)]
    [InlineData(33)]
    public void Any_number_of_bytes_but_32_is_refused(int count)
    {
        var error = Assert.Throws<ArgumentException>("bytes", () => SigningKey.FromBytes(new byte[count]));
        Assert.Contains("32 bytes", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bad_hex_is_refused_at_every_position_without_showing_any_of_the_key()
    {
        const string Secret = "c0ffee5eedfacade0badf00d1234567890abcdefdeadbeef5ca1ab1e7e57ab1e";
        var bad = new[] { 'g', 'G', '/', ':', '@', '`', ' ', '\0', '\u00e9', 'ı', '\uff10', '\ud800' };
        for (var position = 0; position < Secret.Length; position++)
        {
            var characters = ("0x" + Secret).ToCharArray();
            characters[2 + position] = bad[position % bad.Length];
            var withPrefix = new string(characters);
            AssertShowsNothingOf(Secret, Assert.Throws<FormatException>(() => SigningKey.Parse(withPrefix.AsSpan())));
            AssertShowsNothingOf(Secret, Assert.Throws<FormatException>(() => SigningKey.Parse(withPrefix.AsSpan(2))));
            AssertShowsNothingOf(Secret, Assert.Throws<FormatException>(() => SigningKey.Parse(Encoding.UTF8.GetBytes(withPrefix))));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("0x")]
    [InlineData("0xc0ffee5eedfacade0badf00d1234567890abcdefdeadbeef5ca1ab1e7e57ab1")]
    [InlineData("0xc0ffee5eedfacade0badf00d1234567890abcdefdeadbeef5ca1ab1e7e57ab1e0")]
    [InlineData("c0ffee5eedfacade0badf00d1234567890abcdefdeadbeef5ca1ab1e7e57ab1e\n")]
    [InlineData("0Xc0ffee5eedfacade0badf00d1234567890abcdefdeadbeef5ca1ab1e7e57ab1e")]
    [InlineData("1xc0ffee5eedfacade0badf00d1234567890abcdefdeadbeef5ca1ab1e7e57ab1e")]
    public void Text_of_another_length_or_prefix_is_refused_without_showing_it(string text)
    {
        AssertShowsNothingOf("c0ffee5eedfacade", Assert.Throws<FormatException>(() => SigningKey.Parse(text.AsSpan())));
        AssertShowsNothingOf("c0ffee5eedfacade", Assert.Throws<FormatException>(() => SigningKey.Parse(Encoding.UTF8.GetBytes(text))));
    }

    [Fact]
    public void Text_and_debugger_show_the_address_alone()
    {
        using var key = SigningKey.Parse(KnownKey.AsSpan());
        Assert.Equal(KnownAddress, key.ToString());
        Assert.Equal(KnownAddress, $"{key}");

        var display = typeof(SigningKey).GetCustomAttribute<DebuggerDisplayAttribute>();
        Assert.NotNull(display);
        Assert.Equal("{Address}", display.Value);
        const BindingFlags Anything = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
        var hidden = typeof(SigningKey).GetMembers(Anything)
            .Where(member => member is FieldInfo or PropertyInfo && !member.Name.Contains('<', StringComparison.Ordinal))
            .Where(member => member.Name is not (nameof(SigningKey.Address) or nameof(SigningKey.Protection)));
        Assert.All(hidden, member => Assert.Equal(
            DebuggerBrowsableState.Never, member.GetCustomAttribute<DebuggerBrowsableAttribute>()?.State));
    }

    [Fact]
    public void A_disposed_key_signs_no_more_and_still_tells_its_address()
    {
        var key = SigningKey.Parse(KnownKey.AsSpan());
        using var signer = new OrderSigner(key);
        signer.Sign(SampleHashes.One, out _);
        key.Dispose();
        key.Dispose();
        Assert.Throws<ObjectDisposedException>(() => signer.Sign(SampleHashes.One, out _));
        Assert.Equal(KnownAddress, key.Address.ToString());
    }

    [Fact]
    public void A_destination_that_is_too_short_for_the_public_key_is_refused()
    {
        using var key = SigningKey.Parse(KnownKey.AsSpan());
        Assert.Throws<ArgumentException>("destination", () => key.CopyPublicKeyTo(new byte[63]));
    }

    private static void AssertShowsNothingOf(string secret, Exception error)
    {
        // No four digits in a row of the secret, in any case, anywhere in the exception.
        var shown = error.ToString().ToLowerInvariant();
        shown = shown[..(shown.IndexOf("   at ", StringComparison.Ordinal) is var end and >= 0 ? end : shown.Length)];
        for (var i = 0; i + 4 <= secret.Length; i++)
        {
            Assert.DoesNotContain(secret.Substring(i, 4).ToLower(CultureInfo.InvariantCulture), shown, StringComparison.Ordinal);
        }

        Assert.Empty(error.Data);
        Assert.Null(error.InnerException);
    }
}
