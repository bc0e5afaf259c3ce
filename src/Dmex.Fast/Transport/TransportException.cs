namespace Dmex.Fast;

/// <summary>A connection could not be made, or broke. The message says which step failed, and with which host.</summary>
public sealed class TransportException : IOException
{
    /// <summary>Describes a failure of the transport.</summary>
    /// <param name="failure">The step that failed.</param>
    /// <param name="message">What failed, with the host, and what to look at.</param>
    /// <param name="innerException">What the system reported, if anything.</param>
    public TransportException(TransportFailure failure, string message, Exception? innerException = null)
        : base(message, innerException) => Failure = failure;

    /// <summary>Describes a failure of the transport.</summary>
    public TransportException()
        : this(TransportFailure.Broken, "The connection broke.")
    {
    }

    /// <summary>Describes a failure of the transport.</summary>
    /// <param name="message">What failed.</param>
    public TransportException(string message)
        : this(TransportFailure.Broken, message)
    {
    }

    /// <summary>Describes a failure of the transport.</summary>
    /// <param name="message">What failed.</param>
    /// <param name="innerException">What the system reported.</param>
    public TransportException(string message, Exception innerException)
        : this(TransportFailure.Broken, message, innerException)
    {
    }

    /// <summary>The step that failed.</summary>
    public TransportFailure Failure { get; }
}
