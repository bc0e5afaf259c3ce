namespace Dmex.Fast.Standby.Links;

/// <summary>A link could not do what it was asked; the message says what happened and what to do.</summary>
public class StandbyLinkException : IOException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What happened and what to do.</param>
    /// <param name="innerException">What caused it.</param>
    public StandbyLinkException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
