namespace Dmex.Fast;

/// <summary>
/// Code given to the client, a handler or a classifier, threw an exception, or the venue's list of open orders cannot be read.
/// </summary>
public sealed class HandlerFailedEventArgs : EventArgs
{
    /// <summary>Describes the failure.</summary>
    public HandlerFailedEventArgs(Exception exception) => Exception = exception;

    /// <summary>What it threw; an <see cref="OpenOrdersException"/> for the list.</summary>
    public Exception Exception { get; }
}
