namespace Dmex.Fast.Standby.Links;

/// <summary>Somebody else wrote to the stream since the writer last looked: it reads who and why before it writes again.</summary>
public sealed class StandbyAppendConflictException : StandbyLinkException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="expected">The sequence that the writer expected the stream to end with.</param>
    public StandbyAppendConflictException(ulong expected)
        : base($"The stream does not end with sequence {expected} any more: another writer appended to it. Read from {expected + 1} on.") =>
        Expected = expected;

    /// <summary>The sequence that the writer expected the stream to end with.</summary>
    public ulong Expected { get; }
}
