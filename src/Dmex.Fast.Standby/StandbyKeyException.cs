namespace Dmex.Fast.Standby;

/// <summary>The key file of a cluster cannot be used; the message says what is wrong and what to do, and never what is in it.</summary>
public sealed class StandbyKeyException : IOException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is wrong and what to do.</param>
    /// <param name="innerException">What caused it.</param>
    public StandbyKeyException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
