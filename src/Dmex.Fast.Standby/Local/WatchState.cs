namespace Dmex.Fast.Standby.Local;

/// <summary>What a watch remembers between two looks.</summary>
/// <param name="LookedAt">The last look.</param>
/// <param name="CountsFrom">Silence before this does not count.</param>
/// <param name="HasFired">A fence holds, or would in a dry run.</param>
/// <param name="HasFound">The engine was seen to have found it.</param>
/// <param name="FiredPulse">The last pulse when it fired.</param>
internal readonly record struct WatchState(long LookedAt, long CountsFrom, bool HasFired, bool HasFound, long FiredPulse);
