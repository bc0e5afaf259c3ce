using System.Security.Cryptography;
using Dmex.Fast.Signing;
using NBitcoin.Secp256k1;
using Nethereum.Signer;

namespace Dmex.Fast.Keys;

/// <summary>
/// Signing keys from the key types of other libraries. The bytes that are copied on the way are zeroed; the original is left as it is.
/// Thread-safe.
/// </summary>
public static class SigningKeys
{
    /// <summary>
    /// Copies Nethereum's key. The original, and what Nethereum has made of it, stay in its memory: the array that it hands out is its
    /// own, which it hands out again.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <returns>The key; the caller disposes it.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="key"/> is null.</exception>
    public static SigningKey ToSigningKey(this EthECKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var bytes = key.GetPrivateKeyAsBytes();
        Span<byte> padded = stackalloc byte[SigningKey.Size];
        try
        {
            // As Nethereum gives it, without leading zeros.
            padded.Clear();
            bytes.CopyTo(padded[(SigningKey.Size - bytes.Length)..]);
            return SigningKey.FromBytes(padded);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(padded);
        }
    }

    /// <summary>Copies NBitcoin's key. The original stays where it is; its owner disposes it.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The key; the caller disposes it.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="key"/> is null.</exception>
    /// <exception cref="ObjectDisposedException"><paramref name="key"/> is disposed.</exception>
    public static SigningKey ToSigningKey(this ECPrivKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        Span<byte> bytes = stackalloc byte[SigningKey.Size];
        try
        {
            key.WriteToSpan(bytes);
            return SigningKey.FromBytes(bytes);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }
}
