using System.Globalization;

namespace Dmex.Fast;

/// <summary>
/// What a standby leaves behind when it fires: the engine that finds it must not go on as if nothing had happened. An immutable value.
/// </summary>
/// <param name="Id">Names the fence for <see cref="DmexClient.ResumeAsync"/>; never 0.</param>
/// <param name="Trigger">Why the standby fired.</param>
/// <param name="FencedAt">When, by the host's clock, to the millisecond.</param>
/// <param name="ProcessId">The standby's process.</param>
public readonly record struct StandbyFence(ulong Id, StandbyTrigger Trigger, DateTimeOffset FencedAt, int ProcessId)
{
    /// <summary>One line for a log.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"fence 0x{Id:x16} of the standby in process {ProcessId}, {FencedAt:yyyy-MM-dd'T'HH:mm:ss.fff'Z'}, because the engine was "
            + $"{(Trigger == StandbyTrigger.Killed ? "killed" : "silent")}");
}
