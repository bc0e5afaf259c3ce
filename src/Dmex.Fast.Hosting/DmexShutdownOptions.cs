namespace Dmex.Fast.Hosting;

/// <summary>What happens to the armed orders when the host stops.</summary>
public sealed class DmexShutdownOptions
{
    /// <summary>Whether they are canceled by a panic over the whole book. Off by default.</summary>
    public bool Enabled { get; set; }

    /// <summary>
    /// How long the stopping host waits for the venue's answers. It is this option's own: a shorter shutdown time-out of the host does not
    /// cut it, a longer one does not prolong it.
    /// </summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);
}
