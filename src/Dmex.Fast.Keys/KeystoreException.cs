namespace Dmex.Fast.Keys;

/// <summary>
/// A keystore file could not be read or opened. The message says what was wrong and what to do; it never holds a password, a key or a
/// derived secret.
/// </summary>
public sealed class KeystoreException : Exception
{
    /// <summary>An error without a reason.</summary>
    public KeystoreException()
        : this(KeystoreError.Malformed, "The keystore could not be read.")
    {
    }

    /// <summary>A malformed keystore.</summary>
    /// <param name="message">What was wrong.</param>
    public KeystoreException(string message)
        : this(KeystoreError.Malformed, message)
    {
    }

    /// <summary>A malformed keystore.</summary>
    /// <param name="message">What was wrong.</param>
    /// <param name="innerException">Where it was found.</param>
    public KeystoreException(string message, Exception innerException)
        : base(message, innerException) => Error = KeystoreError.Malformed;

    /// <summary>An error of a kind.</summary>
    /// <param name="error">The kind.</param>
    /// <param name="message">What was wrong, and what to do.</param>
    public KeystoreException(KeystoreError error, string message)
        : base(message) => Error = error;

    /// <summary>What kind of error it is.</summary>
    public KeystoreError Error { get; }
}
