namespace Dmex.Fast.Keys;

/// <summary>How a keystore derives its key from the password.</summary>
public enum KeystoreKdf
{
    /// <summary>scrypt (RFC 7914) with n = 2¹⁸, r = 8, p = 1: 256 MiB and about a second. What Geth and ethers write.</summary>
    Scrypt,

    /// <summary>PBKDF2 with HMAC-SHA-256 and 262,144 iterations: little memory.</summary>
    Pbkdf2,
}
