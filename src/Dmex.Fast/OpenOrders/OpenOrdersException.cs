namespace Dmex.Fast;

/// <summary>
/// The venue's list of open orders could not be read as a whole, so nothing is known from it. The message says what happened and what to
/// look at.
/// </summary>
public sealed class OpenOrdersException : IOException
{
    /// <summary>Describes a failure.</summary>
    /// <param name="message">What happened, with the host, and what to look at.</param>
    /// <param name="innerException">What the system reported, if anything.</param>
    public OpenOrdersException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>Describes a failure.</summary>
    public OpenOrdersException()
        : this("The list of open orders could not be read.")
    {
    }

    /// <summary>Describes a failure.</summary>
    /// <param name="message">What happened.</param>
    public OpenOrdersException(string message)
        : this(message, null)
    {
    }

    /// <summary>The HTTP status when it was not 200; null otherwise.</summary>
    public int? StatusCode { get; init; }

    /// <summary>How long the venue asks to wait, when it says so; not negative.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
