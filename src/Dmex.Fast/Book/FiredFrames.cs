using Dmex.Fast.Protocol;
using Dmex.Fast.Signing;
using Dmex.Fast.Tracking;

namespace Dmex.Fast.Book;

/// <summary>The caller's room for what a walk gives: frames with their orders, and orders that are taken over without a frame.</summary>
internal ref struct FiredFrames
{
    private readonly Span<byte> _destination;
    private readonly Span<FiredOrder> _orders;
    private readonly Span<FiredOrder> _takenOver;

    /// <param name="destination">Room for frames.</param>
    /// <param name="orders">Receives their orders.</param>
    /// <param name="takenOver">Receives orders that an earlier panic fired and whose copies are on their way.</param>
    /// <exception cref="ArgumentException">No frame fits, or no order.</exception>
    public FiredFrames(Span<byte> destination, Span<FiredOrder> orders, Span<FiredOrder> takenOver)
    {
        _destination = destination;
        _orders = orders;
        _takenOver = takenOver;
        Room = Math.Min(destination.Length / CancelFrame.Length, orders.Length);
        if (Room == 0 || takenOver.IsEmpty)
        {
            throw new ArgumentException($"A frame takes {CancelFrame.Length} bytes and an order.", nameof(destination));
        }
    }

    /// <summary>How many frames fit.</summary>
    public int Room { get; }

    /// <summary>How many are in.</summary>
    public int Count { get; private set; }

    /// <summary>How many orders were taken over.</summary>
    public int TakenOverCount { get; private set; }

    /// <summary>How many more frames fit.</summary>
    public readonly int Left => Room - Count;

    /// <summary>Whether no order more can be taken over.</summary>
    public readonly bool IsTakenOverFull => TakenOverCount == _takenOver.Length;

    /// <summary>Where the next frame goes, and what follows.</summary>
    public readonly Span<byte> Next => _destination[(Count * CancelFrame.Length)..];

    /// <summary>Counts the frame that was written to <see cref="Next"/>.</summary>
    public void Add(int slot, uint generation, in OrderHash hash) => _orders[Count++] = new FiredOrder(hash, slot, generation);

    /// <summary>Adds an order without a frame.</summary>
    public void TakeOver(int slot, uint generation, in OrderHash hash) =>
        _takenOver[TakenOverCount++] = new FiredOrder(hash, slot, generation);
}
