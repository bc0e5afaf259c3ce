namespace Dmex.Fast;

/// <summary>Code given to the client, a handler or a classifier, threw an exception.</summary>
public sealed class HandlerFailedEventArgs : EventArgs
{
    /// <summary>Describes the failure.</summary>
    public HandlerFailedEventArgs(Exception exception) => Exception = exception;

    /// <summary>What it threw.</summary>
    public Exception Exception { get; }
}
