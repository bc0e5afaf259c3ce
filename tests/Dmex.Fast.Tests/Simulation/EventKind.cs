namespace Dmex.Fast.Tests.Simulation;

/// <summary>What falls due in a simulated world.</summary>
internal enum EventKind
{
    /// <summary>A copy that was decided on is handed to its connection.</summary>
    HandOver,

    /// <summary>A copy comes to the venue.</summary>
    Arrive,

    /// <summary>The kernel has taken a copy, and the tracker is told.</summary>
    TellWritten,

    /// <summary>A copy did not go, and the tracker is told.</summary>
    TellNotSent,

    /// <summary>A copy may have gone, and the tracker is told.</summary>
    TellPerhaps,

    /// <summary>A reply is read.</summary>
    Reply,

    /// <summary>A connection takes bytes again.</summary>
    Resume,

    /// <summary>The end of a connection is told to the tracker.</summary>
    TellDown,

    /// <summary>A connection is ready in a new life.</summary>
    Reconnect,

    /// <summary>A panic goes on, which waited for the account's rate.</summary>
    FireOn,

    /// <summary>A panic's report is due.</summary>
    Report,

    /// <summary>A read of the venue's list begins.</summary>
    BeginRead,

    /// <summary>A read of the venue's list has ended, and is compared.</summary>
    EndRead,
}
