using System.Text;
using Dmex.Fast.Options;

namespace Dmex.Fast;

/// <summary>How a dead connection is noticed, and a live one kept ready. Read once, when the client connects.</summary>
public sealed class LivenessOptions
{
    /// <summary>After this long without a byte from the venue a ping is sent, and again.</summary>
    public TimeSpan PingInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>After this long without a byte from the venue, pings notwithstanding, the connection is lost.</summary>
    public TimeSpan PongTimeout { get; set; } = TimeSpan.FromMilliseconds(1900);

    /// <summary>A text that is sent every <see cref="HeartbeatInterval"/>, for a venue that asks for one; null sends none.</summary>
    public string? HeartbeatText { get; set; }

    /// <summary>The time between two heartbeats.</summary>
    public TimeSpan HeartbeatInterval { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// Whether the client signs, frames and encrypts something that is never sent once per second, so that a cancel after
    /// silence finds warm caches: about 50 µs of its timer thread per second.
    /// </summary>
    public bool KeepWarm { get; set; } = true;

    internal void Check(OptionErrors errors, string group, int maxText)
    {
        errors.Positive(PingInterval, $"{group}.{nameof(PingInterval)}");
        errors.Positive(PongTimeout, $"{group}.{nameof(PongTimeout)}");
        if (PongTimeout <= PingInterval)
        {
            errors.Add($"{group}.{nameof(PongTimeout)}", $"longer than {nameof(PingInterval)} ({PingInterval}), not {PongTimeout}.");
        }

        errors.Positive(HeartbeatInterval, $"{group}.{nameof(HeartbeatInterval)}");
        if (HeartbeatText is { } text && Encoding.UTF8.GetByteCount(text) > maxText)
        {
            errors.Add(
                $"{group}.{nameof(HeartbeatText)}", $"at most {maxText} bytes as UTF-8 ({nameof(LimitsOptions.SendBufferSize)} − 14).");
        }
    }
}
