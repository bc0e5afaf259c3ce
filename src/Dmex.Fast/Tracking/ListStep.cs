namespace Dmex.Fast.Tracking;

/// <summary>What follows for a cancel from a read of the venue's list.</summary>
internal enum ListStep
{
    /// <summary>The read does not count for it.</summary>
    Ignore,

    /// <summary>The read is remembered for the next one.</summary>
    Note,

    /// <summary>It is unresolved, and known to be open.</summary>
    NoteOpen,

    /// <summary>The order is gone.</summary>
    TellGone,

    /// <summary>What was told is right.</summary>
    Agree,

    /// <summary>What was told is wrong: the order is open, and its cancel goes out again.</summary>
    Reopen,
}
