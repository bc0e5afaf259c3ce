namespace Dmex.Fast.Tests.Simulation;

/// <summary>What a step of a script does.</summary>
internal enum StepKind
{
    /// <summary>The order A is sent to the venue and will be open there after B microseconds.</summary>
    Create,

    /// <summary>The caller says that the venue knows the order A.</summary>
    MarkLive,

    /// <summary>A caller cancels the order A and waits for B milliseconds at most; for ever when B is 0.</summary>
    Cancel,

    /// <summary>The token of the newest wait for the order A is canceled.</summary>
    EndWait,

    /// <summary>The cancel of the order A is given up.</summary>
    Abandon,

    /// <summary>The order A is armed with the tag B.</summary>
    Arm,

    /// <summary>The armed order A gets the tag B.</summary>
    Retag,

    /// <summary>The order A is disarmed.</summary>
    Disarm,

    /// <summary>The order A is taken out of the book, whatever its state.</summary>
    Forget,

    /// <summary>The order A is filled at the venue.</summary>
    Fill,

    /// <summary>A panic over the tag A, or over all where A is negative; B holds <see cref="PanicFlags"/>.</summary>
    Panic,

    /// <summary>All latches are released.</summary>
    ReleaseLatches,

    /// <summary>The connection A is lost, and made anew after B milliseconds.</summary>
    Lose,

    /// <summary>The connection A takes no bytes for B milliseconds.</summary>
    Stall,

    /// <summary>The venue reads from the connection A and answers nothing on it for B milliseconds.</summary>
    Silence,

    /// <summary>The venue is in the mode A for B milliseconds.</summary>
    Mode,

    /// <summary>The venue speaks of a limit without naming an order, and asks to wait for B milliseconds, in A's connection.</summary>
    Throttle,

    /// <summary>The venue says something about the order A that nobody asked for; B is a <see cref="ReplyKind"/>.</summary>
    Say,

    /// <summary>The process is stopped for B milliseconds: no timer runs.</summary>
    Pause,

    /// <summary>The venue's list is read, which takes B milliseconds.</summary>
    Read,
}
