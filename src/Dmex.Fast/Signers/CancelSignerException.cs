namespace Dmex.Fast;

/// <summary>
/// An <see cref="ICancelSigner"/> gave no signature, or a wrong one. Nothing was armed or sent; ask again, or sign elsewhere.
/// </summary>
public sealed class CancelSignerException : Exception
{
    /// <summary>An error without a reason.</summary>
    public CancelSignerException()
        : this("The signer gave no signature; nothing was sent.")
    {
    }

    /// <summary>An error with a reason.</summary>
    /// <param name="message">What happened.</param>
    public CancelSignerException(string message)
        : base(message)
    {
    }

    /// <summary>An error with its cause.</summary>
    /// <param name="message">What happened.</param>
    /// <param name="innerException">What the signer threw.</param>
    public CancelSignerException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
