namespace Dmex.Fast.Standby.Local;

/// <summary>What one look at the engine has shown. Times are ticks of a clock that both processes share.</summary>
/// <param name="Now">When.</param>
/// <param name="HasEnded">The process has ended.</param>
/// <param name="IsClosed">The client was closed. Read after <paramref name="HasEnded"/>.</param>
/// <param name="IsReplaced">Another engine has taken the page.</param>
/// <param name="PulsedAt">The last pulse; 0 before the first, in the future while the client closes.</param>
/// <param name="HasFound">The engine has found the fence that holds.</param>
/// <param name="HasResumed">No fence holds: there was none, or the engine has resumed from it.</param>
internal readonly record struct WatchSighting(
    long Now, bool HasEnded, bool IsClosed, bool IsReplaced, long PulsedAt, bool HasFound, bool HasResumed);
