using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Dmex.Fast.Signing;
using Nethereum.KeyStore.Crypto;

namespace Dmex.Fast.Keys;

/// <summary>
/// Keystore files: a private key encrypted under a password, as Geth, ethers and wallets write them (Web3 Secret Storage Definition,
/// version 3; AES-128-CTR, MAC by Keccak-256, key by scrypt or PBKDF2). Thread-safe.
/// </summary>
/// <remarks>
/// Memory that held a key, a derived secret or the password's bytes is zeroed before a method returns, also by an exception. The
/// password's characters are the caller's to clear.
/// </remarks>
public static class Keystore
{
    private const int ScryptN = 1 << 18;
    private const int ScryptR = 8;
    private const int ScryptP = 1;
    private const int Pbkdf2Iterations = 1 << 18;
    private const int DerivedLength = 32;

    /// <summary>Opens a keystore.</summary>
    /// <param name="utf8Json">The file's content: at most 64 KiB of UTF-8.</param>
    /// <param name="password">The password; hashed as UTF-8.</param>
    /// <returns>The key; the caller disposes it.</returns>
    /// <exception cref="KeystoreException">
    /// It is not a keystore, not of a supported form, too costly (more than 512 MiB, or far more work than wallets ask for), the password
    /// is wrong, or the key is not that of the address in the file.
    /// </exception>
    public static SigningKey Open(ReadOnlyMemory<byte> utf8Json, ReadOnlySpan<char> password)
    {
        var document = KeystoreDocument.Parse(utf8Json);
        var derived = Derive(document, password);
        byte[]? plain = null;
        try
        {
            var crypto = new KeyStoreCrypto();
            var mac = crypto.GenerateMac(derived, document.CipherText);
            if (!CryptographicOperations.FixedTimeEquals(mac, document.Mac))
            {
                throw new KeystoreException(
                    KeystoreError.WrongPassword, "The password is wrong, or the keystore was changed: its MAC does not match.");
            }

            var cipherKey = crypto.GenerateCipherKey(derived);
            try
            {
                plain = crypto.GenerateAesCtrDeCipher(document.Iv, cipherKey, document.CipherText);
            }
            finally
            {
                CryptographicOperations.ZeroMemory(cipherKey);
            }

            return Checked(SigningKey.FromBytes(plain), document.Address);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(derived);
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    /// <summary>Encrypts a private key.</summary>
    /// <param name="privateKey">32 bytes, big-endian. Stays the caller's, who zeroes it.</param>
    /// <param name="password">The password; hashed as UTF-8. Not empty.</param>
    /// <param name="kdf">How its key is derived from the password.</param>
    /// <returns>The keystore as UTF-8 JSON. Write it to a file that only its owner reads.</returns>
    /// <exception cref="ArgumentException">The bytes are no private key, or the password is empty.</exception>
    public static byte[] Write(ReadOnlySpan<byte> privateKey, ReadOnlySpan<char> password, KeystoreKdf kdf = KeystoreKdf.Scrypt)
    {
        if (password.IsEmpty)
        {
            throw new ArgumentException("A password of at least one character; an empty one protects nothing.", nameof(password));
        }

        EthereumAddress address;
        using (var key = SigningKey.FromBytes(privateKey))
        {
            address = key.Address;
        }

        var salt = RandomNumberGenerator.GetBytes(32);
        var iv = RandomNumberGenerator.GetBytes(16);
        var secret = Bytes(password);
        var plain = privateKey.ToArray();
        byte[]? derived = null;
        byte[]? cipherKey = null;
        try
        {
            var crypto = new KeyStoreCrypto();
            derived = kdf == KeystoreKdf.Scrypt ? Scrypt(secret, salt, ScryptN, ScryptR, ScryptP) : Pbkdf2(secret, salt, Pbkdf2Iterations);
            cipherKey = crypto.GenerateCipherKey(derived);
            var cipherText = crypto.GenerateAesCtrCipher(iv, cipherKey, plain);
            return Json(address, kdf, salt, iv, cipherText, crypto.GenerateMac(derived, cipherText));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
            CryptographicOperations.ZeroMemory(plain);
            CryptographicOperations.ZeroMemory(derived);
            CryptographicOperations.ZeroMemory(cipherKey);
        }
    }

    private static byte[] Derive(KeystoreDocument document, ReadOnlySpan<char> password)
    {
        var secret = Bytes(password);
        try
        {
            return document.IsScrypt
                ? Scrypt(secret, document.Salt, document.N, document.R, document.P)
                : Pbkdf2(secret, document.Salt, document.Iterations);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    // Without Nethereum's check of n for r = 1, which refuses the specification's own vector.
    private static byte[] Scrypt(byte[] secret, byte[] salt, int n, int r, int p) =>
        new KeyStoreCrypto().GenerateDerivedScryptKey(secret, salt, n, r, p, DerivedLength, false);

    private static byte[] Pbkdf2(byte[] secret, byte[] salt, int iterations) =>
        Rfc2898DeriveBytes.Pbkdf2(secret, salt, iterations, HashAlgorithmName.SHA256, DerivedLength);

    private static byte[] Bytes(ReadOnlySpan<char> password)
    {
        var bytes = new byte[Encoding.UTF8.GetByteCount(password)];
        _ = Encoding.UTF8.GetBytes(password, bytes);
        return bytes;
    }

    private static SigningKey Checked(SigningKey key, string? expected)
    {
        // The address is in the file with or without 0x.
        if (expected is null || string.Equals(Bare(expected), Bare(key.Address.ToString()), StringComparison.OrdinalIgnoreCase))
        {
            return key;
        }

        var found = key.Address;
        key.Dispose();
        throw new KeystoreException(
            KeystoreError.WrongAddress,
            $"The key belongs to {found}, and the keystore names another address: it was changed, or mixed up.");
    }

    private static string Bare(string address) => address.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? address[2..] : address;

    private static byte[] Json(EthereumAddress address, KeystoreKdf kdf, byte[] salt, byte[] iv, byte[] cipherText, byte[] mac)
    {
        ArrayBufferWriter<byte> buffer = new(1024);
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("version", 3);
            json.WriteString("id", Guid.NewGuid().ToString());
            json.WriteString("address", Bare(address.ToString()).ToLowerInvariant());
            json.WriteStartObject("crypto");
            json.WriteString("ciphertext", Convert.ToHexStringLower(cipherText));
            json.WriteStartObject("cipherparams");
            json.WriteString("iv", Convert.ToHexStringLower(iv));
            json.WriteEndObject();
            json.WriteString("cipher", "aes-128-ctr");
            json.WriteString("kdf", kdf == KeystoreKdf.Scrypt ? "scrypt" : "pbkdf2");
            json.WriteStartObject("kdfparams");
            json.WriteNumber("dklen", DerivedLength);
            json.WriteString("salt", Convert.ToHexStringLower(salt));
            if (kdf == KeystoreKdf.Scrypt)
            {
                json.WriteNumber("n", ScryptN);
                json.WriteNumber("r", ScryptR);
                json.WriteNumber("p", ScryptP);
            }
            else
            {
                json.WriteNumber("c", Pbkdf2Iterations);
                json.WriteString("prf", "hmac-sha256");
            }

            json.WriteEndObject();
            json.WriteString("mac", Convert.ToHexStringLower(mac));
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
