namespace Dmex.Fast;

/// <summary>What became of an order that was to be armed.</summary>
public enum ArmResult
{
    /// <summary>Nothing yet: the call ended with an exception before it came to this order.</summary>
    None,

    /// <summary>It is armed: a panic over its tag sends its cancel.</summary>
    Armed,

    /// <summary>It was armed with the same tag and priority; nothing changed.</summary>
    AlreadyArmed,

    /// <summary>It was armed; its tag or its priority changed.</summary>
    Updated,

    /// <summary>A panic has sent its cancel, and the venue has not answered; nothing changed.</summary>
    AlreadyFired,

    /// <summary>A latch covers its tag: its cancel was handed to the panic (<see cref="BookLatchedPolicy.Fire"/>).</summary>
    FiredByLatch,

    /// <summary>A latch covers its tag, and it is not armed (<see cref="BookLatchedPolicy.Refuse"/>).</summary>
    RefusedByLatch,

    /// <summary>The book is full, and it is not armed.</summary>
    Full,

    /// <summary>
    /// The book's standbys on other hosts lag by more than they may, it was set up to refuse orders then, and it is not armed.
    /// </summary>
    RefusedByLag,
}
