namespace Dmex.Fast;

/// <summary>What became of an order that was to be disarmed.</summary>
public enum DisarmResult
{
    /// <summary>It was armed and is not any more; no panic has sent its cancel or will.</summary>
    Removed,

    /// <summary>A panic has taken its cancel, which may be on its way; it stays in the book until the venue answers.</summary>
    AlreadyFired,

    /// <summary>It is not in the book.</summary>
    NotFound,
}
