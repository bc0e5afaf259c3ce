namespace Dmex.Fast;

/// <summary>How many cancels an account may send, for a venue that limits it. Read once, when the client connects.</summary>
public sealed class RateBudgetOptions
{
    /// <summary>Cancels a second, over all connections, further copies among them.</summary>
    public int FramesPerSecond { get; set; } = 100;

    /// <summary>How many may go at once after a silence.</summary>
    public int Burst { get; set; } = 100;

    /// <summary>How many more a panic may send at once that keeps to the budget; nothing else uses them.</summary>
    public int PanicReserve { get; set; }

    /// <exception cref="ArgumentException">A value is wrong; the message names it and the expected form.</exception>
    internal void Validate(string option)
    {
        if (FramesPerSecond is < 1 or > 1_000_000 || Burst is < 1 or > 1_000_000 || PanicReserve is < 0 or > 1_000_000)
        {
            throw new ArgumentException(
                $"{option}: {nameof(FramesPerSecond)} and {nameof(Burst)} from 1, {nameof(PanicReserve)} from 0, each to 1,000,000, not {FramesPerSecond}, {Burst} and {PanicReserve}.",
                option);
        }
    }
}
