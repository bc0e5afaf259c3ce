namespace Dmex.Fast.Standby.Local;

/// <summary>What a standby has to tell.</summary>
public enum StandbyNoticeKind
{
    /// <summary>It waits for an engine's beat page.</summary>
    Waiting,

    /// <summary>It watches an engine.</summary>
    Watching,

    /// <summary>It found that it was stopped itself, and counts the engine's silence again from there.</summary>
    Restarted,

    /// <summary>It has fired; the report follows.</summary>
    Fired,

    /// <summary>In a dry run: it would have fired.</summary>
    WouldFire,

    /// <summary>In a dry run, after it would have fired: the engine pulses again.</summary>
    Recovered,

    /// <summary>What became of the orders that it fired; told again when more is known.</summary>
    Reported,

    /// <summary>The engine has found the fence: its book is latched.</summary>
    FenceFound,

    /// <summary>The engine has resumed, and is watched again.</summary>
    Resumed,

    /// <summary>Another engine has taken the beat page, and is watched from here on.</summary>
    Replaced,

    /// <summary>The engine was closed; nothing was fired.</summary>
    Closed,

    /// <summary>The fired engine has ended.</summary>
    Ended,

    /// <summary>Something is wrong, and the standby goes on.</summary>
    Warning,
}
