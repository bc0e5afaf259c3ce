using Microsoft.Extensions.Logging;

namespace Dmex.Fast.Standby.Hosting.Hosts;

/// <summary>
/// What a hosted engine logs of its standbys. Event ids are listed in docs/hosting.md and never change; no signature and no key is
/// ever logged.
/// </summary>
internal static partial class StandbyLog
{
    [LoggerMessage(1, LogLevel.Information, "Engine {Name} of book {Book}: reaches {Servers} servers for its standbys.")]
    public static partial void Started(ILogger logger, string name, string book, int servers);

    [LoggerMessage(2, LogLevel.Information, "Engine {Name} of book {Book}: generation {Generation} is claimed.")]
    public static partial void Claimed(ILogger logger, string name, string book, uint generation);

    [LoggerMessage(3, LogLevel.Warning, "Engine {Name} of book {Book}: no generation could be claimed, which is tried again: {Reason}")]
    public static partial void NotClaimed(ILogger logger, string name, string book, string reason);

    [LoggerMessage(4, LogLevel.Information, "Engine {Name} of book {Book}: guarded; {Standbys} standbys would fire.")]
    public static partial void Guarded(ILogger logger, string name, string book, int standbys);

    [LoggerMessage(5, LogLevel.Error, "Engine {Name} of book {Book}: {Condition}.")]
    public static partial void Unguarded(ILogger logger, string name, string book, string condition);

    [LoggerMessage(6, LogLevel.Critical, "Engine {Name} of book {Book}: {Condition}.")]
    public static partial void Isolated(ILogger logger, string name, string book, string condition);

    [LoggerMessage(7, LogLevel.Critical, "Engine {Name} of book {Book}: {Condition}.")]
    public static partial void Fenced(ILogger logger, string name, string book, string condition);

    [LoggerMessage(8, LogLevel.Information, "Engine {Name} of book {Book}: resumed with generation {Generation}.")]
    public static partial void Resumed(ILogger logger, string name, string book, uint generation);

    [LoggerMessage(9, LogLevel.Warning, "Engine {Name} of book {Book}: {Condition}.")]
    public static partial void Degraded(ILogger logger, string name, string book, string condition);

    [LoggerMessage(10, LogLevel.Information, "Engine {Name} of book {Book}: over: {Condition}.")]
    public static partial void Over(ILogger logger, string name, string book, StandbyCondition condition);

    [LoggerMessage(
        11,
        LogLevel.Critical,
        "Engine {Name} of book {Book}: the host stops, and orders may be open: no leave is taken, so that the standbys fire after {Ttl}.")]
    public static partial void LeftToStandbys(ILogger logger, string name, string book, TimeSpan ttl);

    [LoggerMessage(12, LogLevel.Information, "Engine {Name} of book {Book}: stopped.")]
    public static partial void Stopped(ILogger logger, string name, string book);

    [LoggerMessage(13, LogLevel.Error, "Engine {Name} of book {Book}: a turn failed ({Failures} so far), and its threads go on.")]
    public static partial void TurnFailed(ILogger logger, string name, string book, long failures, Exception error);
}
