using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace Dmex.Fast.Keys;

/// <summary>The members of a keystore that opening it needs, checked: lengths, and what deriving the key would cost.</summary>
internal sealed class KeystoreDocument
{
    /// <summary>A keystore is about 500 bytes; more is no keystore.</summary>
    public const int MaxLength = 64 * 1024;

    /// <summary>The most memory that scrypt may take: 128 · n · r bytes (RFC 7914 §2), twice of what Geth writes.</summary>
    public const long MaxScryptBytes = 512L << 20;

    /// <summary>The most blocks that scrypt may mix, n · r · p: eight times of what Geth writes.</summary>
    public const long MaxScryptWork = 8L << 21;

    /// <summary>The most iterations of PBKDF2: about forty times of what Geth writes.</summary>
    public const int MaxIterations = 10_000_000;

    private KeystoreDocument(JsonElement root)
    {
        Require(root.ValueKind == JsonValueKind.Object, "it is not a JSON object");
        var version = Int(root, "version");
        Supported(version == 3, $"version {version}", "version 3");
        var crypto = Member(root, "crypto");
        Require(crypto.ValueKind == JsonValueKind.Object, "\"crypto\" is not an object");
        var cipher = Text(crypto, "cipher");
        Supported(cipher is "aes-128-ctr", $"cipher {Printable(cipher)}", "aes-128-ctr");
        CipherText = Hex(crypto, "ciphertext", 32, 32);
        Iv = Hex(Member(crypto, "cipherparams"), "iv", 16, 16);
        Mac = Hex(crypto, "mac", 32, 32);
        var kdf = Text(crypto, "kdf");
        Supported(kdf is "scrypt" or "pbkdf2", $"key derivation {Printable(kdf)}", "scrypt or pbkdf2");
        var parameters = Member(crypto, "kdfparams");
        Salt = Hex(parameters, "salt", 1, 1024);
        var length = Int(parameters, "dklen");
        Supported(length == 32, $"a derived key of {length} bytes", "32");
        IsScrypt = kdf is "scrypt";
        if (IsScrypt)
        {
            ReadScrypt(parameters);
        }
        else
        {
            ReadPbkdf2(parameters);
        }

        Address = root.TryGetProperty("address", out var address) && address.ValueKind == JsonValueKind.String ? address.GetString() : null;
    }

    public byte[] CipherText { get; }

    public byte[] Iv { get; }

    public byte[] Mac { get; }

    public byte[] Salt { get; }

    public bool IsScrypt { get; }

    /// <summary>scrypt's cost; a power of two.</summary>
    public int N { get; private set; }

    public int R { get; private set; }

    public int P { get; private set; }

    /// <summary>PBKDF2's iterations.</summary>
    public int Iterations { get; private set; }

    /// <summary>The address that the file names; null when it names none.</summary>
    public string? Address { get; }

    /// <exception cref="KeystoreException">It is not a keystore that can be opened.</exception>
    public static KeystoreDocument Parse(ReadOnlyMemory<byte> utf8Json)
    {
        Require(utf8Json.Length <= MaxLength, $"it has {utf8Json.Length} bytes; a keystore has about 500");
        if (utf8Json.Span.StartsWith("\uFEFF"u8))
        {
            utf8Json = utf8Json[3..];
        }

        try
        {
            using var document = JsonDocument.Parse(utf8Json, new JsonDocumentOptions { MaxDepth = 8 });
            return new KeystoreDocument(document.RootElement);
        }
        catch (JsonException e)
        {
            // Of its message only the place: it may quote the text.
            throw Malformed(
                string.Create(
                    CultureInfo.InvariantCulture, $"it is not JSON, or cut off (line {e.LineNumber + 1}, byte {e.BytePositionInLine})"));
        }
    }

    private void ReadScrypt(JsonElement parameters)
    {
        (N, R, P) = (Int(parameters, "n"), Int(parameters, "r"), Int(parameters, "p"));
        Require(N > 1 && int.IsPow2(N) && R > 0 && P > 0, "scrypt's n is not a power of two above 1, or r or p is not above 0");
        Affordable(128L * N * R <= MaxScryptBytes && (long)N * R * P <= MaxScryptWork, $"scrypt with n = {N}, r = {R}, p = {P}");
    }

    private void ReadPbkdf2(JsonElement parameters)
    {
        var prf = Text(parameters, "prf");
        Supported(prf is "hmac-sha256", $"the function {Printable(prf)}", "hmac-sha256");
        Iterations = Int(parameters, "c");
        Require(Iterations > 0, "pbkdf2's c is not above 0");
        Affordable(Iterations <= MaxIterations, $"pbkdf2 with {Iterations} iterations");
    }

    // Geth wrote "Crypto" once: names in any case.
    private static JsonElement Member(JsonElement parent, string name)
    {
        Require(parent.ValueKind == JsonValueKind.Object, $"\"{name}\" is in no object");
        if (parent.TryGetProperty(name, out var exact))
        {
            return exact;
        }

        foreach (var member in parent.EnumerateObject())
        {
            if (string.Equals(member.Name, name, StringComparison.OrdinalIgnoreCase))
            {
                return member.Value;
            }
        }

        throw Malformed($"\"{name}\" is missing");
    }

    private static string Text(JsonElement parent, string name)
    {
        var member = Member(parent, name);
        Require(member.ValueKind == JsonValueKind.String, $"\"{name}\" is not a string");
        return member.GetString()!;
    }

    private static int Int(JsonElement parent, string name)
    {
        var member = Member(parent, name);
        Require(member.ValueKind == JsonValueKind.Number && member.TryGetInt32(out _), $"\"{name}\" is not a whole number below 2^31");
        return member.GetInt32();
    }

    private static byte[] Hex(JsonElement parent, string name, int min, int max)
    {
        var text = Text(parent, name).AsSpan();
        text = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? text[2..] : text;
        var bytes = new byte[text.Length / 2];
        var isHex = text.Length % 2 == 0 && Convert.FromHexString(text, bytes, out _, out _) == OperationStatus.Done;
        Require(
            isHex && bytes.Length >= min && bytes.Length <= max,
            min == max ? $"\"{name}\" is not {min} bytes in hex" : $"\"{name}\" is not bytes in hex");
        return bytes;
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw Malformed(otherwise);
        }
    }

    private static void Supported(bool holds, string found, string expected)
    {
        if (!holds)
        {
            throw new KeystoreException(
                KeystoreError.NotSupported, $"The keystore has {found}; {expected} is supported. Write it again with a current wallet.");
        }
    }

    private static void Affordable(bool holds, string found)
    {
        if (!holds)
        {
            throw new KeystoreException(
                KeystoreError.TooCostly,
                $"The keystore asks for {found}, more memory or time than is allowed. If the file is yours, write it again with usual "
                + "parameters.");
        }
    }

    private static string Printable(string text) =>
        text.Length <= 32 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') ? text : "of an unknown name";

    private static KeystoreException Malformed(string what) =>
        new(KeystoreError.Malformed, $"The file is not a keystore (Web3 Secret Storage, version 3): {what}.");
}
