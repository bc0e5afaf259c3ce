namespace Dmex.Fast.Standby.Local;

/// <summary>What a watch does after a look.</summary>
internal enum WatchVerdict
{
    /// <summary>Looks again.</summary>
    Wait,

    /// <summary>This process was stopped itself: the silence that it sees may be its own. Counts from now on.</summary>
    Restart,

    /// <summary>Fires: the engine was killed.</summary>
    FireKilled,

    /// <summary>Fires: the engine is silent.</summary>
    FireSilent,

    /// <summary>The engine was closed: ends without firing.</summary>
    Leave,

    /// <summary>Another engine has taken the page: watches that one.</summary>
    Follow,

    /// <summary>After firing: the engine has found the fence, and its book is latched.</summary>
    NoteFound,

    /// <summary>After firing: the engine has resumed from the fence: watches it again.</summary>
    Resume,

    /// <summary>After firing: the engine has ended. Nothing more can be armed.</summary>
    Conclude,

    /// <summary>After it would have fired, in a dry run: the engine pulses again.</summary>
    Recover,
}
