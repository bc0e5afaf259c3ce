namespace Dmex.Fast.Standby;

/// <summary>A turn of a thread of an engine's or a standby's failed unexpectedly; the thread went on.</summary>
/// <param name="error">What it threw.</param>
/// <param name="failures">How many turns have failed so far.</param>
public sealed class TurnFailedEventArgs(Exception error, long failures) : EventArgs
{
    /// <summary>What it threw.</summary>
    public Exception Error { get; } = error;

    /// <summary>How many turns have failed so far; they are told at most once a second.</summary>
    public long Failures { get; } = failures;
}
