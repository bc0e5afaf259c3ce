using Dmex.Fast.Signing;

namespace Dmex.Fast;

/// <summary>The outcome of a cancel changed after its caller had received a different one or had stopped waiting.</summary>
public sealed class OutcomeChangedEventArgs : EventArgs
{
    /// <summary>Describes a change.</summary>
    public OutcomeChangedEventArgs(OrderHash hash, CancelOutcome previous, CancelOutcome current)
    {
        Hash = hash;
        Previous = previous;
        Current = current;
    }

    /// <summary>The order.</summary>
    public OrderHash Hash { get; }

    /// <summary>What the caller was told last.</summary>
    public CancelOutcome Previous { get; }

    /// <summary>What holds now.</summary>
    public CancelOutcome Current { get; }
}
