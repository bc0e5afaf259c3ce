using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Dmex.Fast.Signing;
using Dmex.Fast.Signing.Hashing;
using Dmex.Fast.Tests.Proofs.Reference;
using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.Unit.Signing;

/// <summary>
/// No input makes a parser of the signing library throw anything but its documented error, accept what is not of its form, or
/// read past the end: inputs end at an inaccessible page.
/// </summary>
public sealed partial class SigningParserTests(ITestOutputHelper output)
{
    private const int Cases = 30_000;
    private const string ValidHash = "0x00112233445566778899aabbccddeeff0123456789abcdeffedcba9876543210";
    private const string ValidAddress = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";

    [Fact]
    public void Order_hashes_are_read_in_their_one_form_only()
    {
        var random = Seed.Create(output);
        using var memory = new GuardedMemory(4096);
        var accepted = 0;
        for (var i = 0; i < Cases; i++)
        {
            var text = TextMutator.Mutate(random, ValidHash);
            var characters = memory.Copy(text.AsSpan());
            var isHash = HashForm().IsMatch(text);
            Assert.Equal(isHash, OrderHash.TryParse(characters, out var tried));
            var error = CatchFormat(() => OrderHash.Parse(text));
            Assert.Equal(isHash, error is null);
            Assert.Equal(isHash ? text.ToLowerInvariant() : new OrderHash(new byte[32]).ToString(), tried.ToString());
            accepted += isHash ? 1 : 0;

            var bytes = TextMutator.ToBytes(random, text);
            var utf8 = memory.Copy(bytes);
            var isUtf8Hash = HashForm().IsMatch(Encoding.Latin1.GetString(bytes));
            Assert.Equal(isUtf8Hash, OrderHash.TryParse(utf8, out _));
            Assert.Equal(isUtf8Hash, CatchFormat(() => OrderHash.Parse(bytes)) is null);
        }

        output.WriteLine($"{accepted} of {Cases} were hashes");
        Assert.InRange(accepted, Cases / 10, Cases - (Cases / 10));
    }

    [Fact]
    public void Errors_name_the_first_wrong_character()
    {
        var random = Seed.Create(output);
        for (var i = 0; i < Cases; i++)
        {
            var text = ValidHash.ToCharArray();
            var position = random.Next(2, text.Length);
            text[position] = (char)random.Next(0x10000);
            if (char.IsAsciiHexDigit(text[position]))
            {
                continue;
            }

            var error = CatchFormat(() => OrderHash.Parse(text.AsSpan()));
            Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"position {position} "), error!.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Addresses_are_read_in_their_documented_forms_only()
    {
        var random = Seed.Create(output);
        using var memory = new GuardedMemory(4096);
        for (var i = 0; i < Cases; i++)
        {
            var valid = (i % 3) switch
            {
                0 => ValidAddress,
                1 => ValidAddress.ToLowerInvariant(),
                _ => "0x" + ValidAddress[2..].ToUpperInvariant(),
            };
            var text = TextMutator.Mutate(random, valid);
            var characters = memory.Copy(text.AsSpan());
            var isForm = AddressForm().IsMatch(text);
            var taken = EthereumAddress.TryParse(characters, out var tried);
            Assert.True(isForm || !taken);
            Assert.Equal(taken, CatchFormat(() => EthereumAddress.Parse(text)) is null);
            if (taken)
            {
                Assert.Equal(text.ToLowerInvariant(), tried.ToString().ToLowerInvariant());
                var hasOneCase = !text[2..].Any(char.IsAsciiLetterUpper) || !text[2..].Any(char.IsAsciiLetterLower);
                Assert.True(hasOneCase || string.Equals(text, tried.ToString(), StringComparison.Ordinal));
            }
        }
    }

    [Fact]
    public void Keys_are_read_in_their_documented_forms_only_and_errors_show_nothing()
    {
        var random = Seed.Create(output);
        using var memory = new GuardedMemory(4096);
        for (var i = 0; i < Cases / 10; i++)
        {
            var digits = Numbers.ToHex(Numbers.Key(random))[(random.Next(2) * 2)..];
            var text = TextMutator.Mutate(random, digits);
            var isKey = IsKey(text);
            Assert.Equal(isKey, TakesKey(memory.Copy(text.AsSpan()), text));
            var bytes = TextMutator.ToBytes(random, text);
            Assert.Equal(IsKey(Encoding.Latin1.GetString(bytes)), TakesKey(memory.Copy(bytes), text));
        }
    }

    [Fact]
    public void Keys_from_bytes_are_taken_at_32_bytes_in_range_only()
    {
        var random = Seed.Create(output);
        using var memory = new GuardedMemory(4096);
        for (var i = 0; i < Cases / 10; i++)
        {
            var bytes = new byte[random.Next(3) == 0 ? random.Next(70) : 32];
            random.NextBytes(bytes);
            bytes.AsSpan(0, Math.Min(bytes.Length, random.Next(18))).Fill(random.Next(2) == 0 ? (byte)0 : (byte)0xFF);
            var expected = bytes.Length == 32 && IsInRange(bytes);
            var taken = true;
            try
            {
                SigningKey.FromBytes(memory.Copy(bytes)).Dispose();
            }
            catch (ArgumentException error)
            {
                Assert.Equal("bytes", error.ParamName);
                taken = false;
            }

            Assert.Equal(expected, taken);
        }
    }

    [Fact]
    public void Formatting_and_copying_write_no_byte_past_the_end()
    {
        using var memory = new GuardedMemory(4096);
        var hash = OrderHash.Parse(ValidHash);
        Assert.True(hash.TryFormat(memory.Characters(OrderHash.TextLength), out _));
        Assert.True(hash.TryFormat(memory.Bytes(OrderHash.TextLength), out _));
        hash.CopyTo(memory.Bytes(OrderHash.Size));
        Assert.True(EthereumAddress.Parse(ValidAddress).TryFormat(memory.Characters(EthereumAddress.TextLength), out _));

        using var key = SigningKey.FromBytes(memory.Copy(Enumerable.Repeat((byte)7, 32).ToArray()));
        using var signer = new OrderSigner(key);
        signer.Sign(in hash, out var signature);
        signature.CopyTo(memory.Bytes(Signature.Size));
        key.CopyPublicKeyTo(memory.Bytes(SigningKey.PublicKeySize));
        Assert.NotNull(SignerRecovery.RecoverAddress(in hash, in signature));
        PersonalMessage.Digest(in hash, memory.Bytes(32));
        Keccak256.Hash(memory.Copy("abc"u8), new byte[32]);
        Keccak256.Hash("abc"u8, memory.Bytes(32));
    }

    private static bool TakesKey(ReadOnlySpan<char> text, string source)
    {
        try
        {
            SigningKey.Parse(text).Dispose();
            return true;
        }
        catch (FormatException error)
        {
            AssertShowsNothing(source, error);
            return false;
        }
    }

    private static bool TakesKey(ReadOnlySpan<byte> utf8, string source)
    {
        try
        {
            SigningKey.Parse(utf8).Dispose();
            return true;
        }
        catch (FormatException error)
        {
            AssertShowsNothing(source, error);
            return false;
        }
    }

    private static void AssertShowsNothing(string source, FormatException error)
    {
        for (var i = 0; i + 6 <= source.Length; i++)
        {
            Assert.DoesNotContain(source.Substring(i, 6), error.Message, StringComparison.OrdinalIgnoreCase);
        }
    }

    private static bool IsKey(string text) =>
        KeyForm().IsMatch(text) && IsInRange(Convert.FromHexString(text[^64..]));

    private static bool IsInRange(byte[] bytes)
    {
        var value = Numbers.FromBytes(bytes);
        return value.Sign > 0 && value < ReferenceCurve.N;
    }

    private static FormatException? CatchFormat<T>(Func<T> parse)
    {
        try
        {
            _ = parse();
            return null;
        }
        catch (FormatException error)
        {
            return error;
        }
    }

    [GeneratedRegex(@"\A0x[0-9a-fA-F]{64}\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex HashForm();

    [GeneratedRegex(@"\A0x[0-9a-fA-F]{40}\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex AddressForm();

    [GeneratedRegex(@"\A(?:0x)?[0-9a-fA-F]{64}\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex KeyForm();
}
