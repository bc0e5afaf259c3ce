namespace Dmex.Fast;

/// <summary>A beat page cannot be made or used; the message says why and what to do.</summary>
public sealed class BeatPageException : IOException
{
    /// <summary>Describes what is wrong.</summary>
    public BeatPageException(BeatPageError error, string message, Exception? innerException = null)
        : base(message, innerException) => Error = error;

    /// <summary>What is wrong.</summary>
    public BeatPageError Error { get; }
}
