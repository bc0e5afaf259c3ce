namespace Dmex.Fast;

/// <summary>What is wrong with a beat page.</summary>
public enum BeatPageError
{
    /// <summary>There is no such file.</summary>
    Missing,

    /// <summary>The file cannot be created, read or written.</summary>
    NotAccessible,

    /// <summary>The file is no beat page.</summary>
    NotAPage,

    /// <summary>It was written by another version.</summary>
    OtherVersion,

    /// <summary>Its checksum does not fit.</summary>
    Damaged,

    /// <summary>Others than its owner may read or write it.</summary>
    OpenToOthers,

    /// <summary>Another engine beats on it.</summary>
    InUse,

    /// <summary>The engine that wrote it has ended without closing its client.</summary>
    Ended,

    /// <summary>The engine's beats cannot be read by this process.</summary>
    NotAttachable,

    /// <summary>It belongs to another account or to another book.</summary>
    OtherBook,

    /// <summary>This system cannot have one: it takes Linux 5.3 or later.</summary>
    NotSupported,

    /// <summary>The engine that wrote it was closed.</summary>
    Closed,
}
