using System.Globalization;

namespace Dmex.Fast;

/// <summary>
/// What a standby leaves behind when it fires: the engine that finds it must not go on as if nothing had happened. An immutable value.
/// </summary>
/// <param name="Id">Names the fence for <see cref="DmexClient.ResumeAsync"/>; never 0.</param>
/// <param name="Trigger">Why the standby fired.</param>
/// <param name="FencedAt">When, by the clock of the standby's host, to the millisecond.</param>
/// <param name="ProcessId">The standby's process on this host; 0 for a standby on another one.</param>
public readonly record struct StandbyFence(ulong Id, StandbyTrigger Trigger, DateTimeOffset FencedAt, int ProcessId)
{
    /// <summary>
    /// The name of the standby on another host, or of the operator's command; null on this host, or while it is not known.
    /// </summary>
    public string? By { get; init; }

    /// <summary>One line for a log.</summary>
    public override string ToString()
    {
        var who = By is not null ? $"of {By} on another host"
            : ProcessId != 0 ? $"of the standby in process {ProcessId}"
            : "of a standby on another host";
        var when = FencedAt == default ? string.Empty : FencedAt.ToString(", yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        return string.Create(CultureInfo.InvariantCulture, $"fence 0x{Id:x16} {who}{when}{Why}");
    }

    private string Why => Trigger switch
    {
        StandbyTrigger.Killed => ", because the engine was killed",
        StandbyTrigger.Silent => ", because the engine was silent",
        StandbyTrigger.Isolated => ", because neither the engine nor the servers answered",
        StandbyTrigger.Operator => ", because an operator ordered it",
        _ => string.Empty,
    };
}
