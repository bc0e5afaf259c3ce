using Dmex.Fast.Options;

namespace Dmex.Fast;

/// <summary>How many cancels an account may send, for a venue that limits it. Read once, when the client connects.</summary>
public sealed class RateBudgetOptions
{
    /// <summary>Cancels per second over all connections, retries included.</summary>
    public int FramesPerSecond { get; set; } = 100;

    /// <summary>How many may go at once after a silence.</summary>
    public int Burst { get; set; } = 100;

    /// <summary>How many more a panic may send at once that keeps to the budget; nothing else uses them.</summary>
    public int PanicReserve { get; set; }

    internal void Check(OptionErrors errors, string group)
    {
        errors.Between(FramesPerSecond, 1, 1_000_000, $"{group}.{nameof(FramesPerSecond)}");
        errors.Between(Burst, 1, 1_000_000, $"{group}.{nameof(Burst)}");
        errors.Between(PanicReserve, 0, 1_000_000, $"{group}.{nameof(PanicReserve)}");
    }
}
