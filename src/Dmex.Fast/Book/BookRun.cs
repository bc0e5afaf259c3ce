using Dmex.Fast.Protocol;

namespace Dmex.Fast.Book;

/// <summary>The caller's room for frames, and how much of it is filled.</summary>
internal ref struct BookRun
{
    private readonly Span<byte> _destination;
    private readonly Span<int> _slots;
    private readonly Span<uint> _generations;

    /// <param name="destination">Room for frames.</param>
    /// <param name="slots">Receives their slots.</param>
    /// <param name="generations">Receives their slots' generations; may be empty.</param>
    public BookRun(Span<byte> destination, Span<int> slots, Span<uint> generations)
    {
        _destination = destination;
        _slots = slots;
        _generations = generations;
        Room = Math.Min(destination.Length / CancelFrame.Length, slots.Length);
    }

    /// <summary>How many frames fit.</summary>
    public int Room { get; }

    /// <summary>How many are in.</summary>
    public int Orders { get; private set; }

    /// <summary>How many more fit.</summary>
    public readonly int Left => Room - Orders;

    /// <summary>Bytes that are in.</summary>
    public readonly int Bytes => Orders * CancelFrame.Length;

    /// <summary>Where the next frame goes, and what follows.</summary>
    public readonly Span<byte> Next => _destination[Bytes..];

    /// <summary>Notes a frame that was written to <see cref="Next"/>.</summary>
    public void Add(int slot, uint generation)
    {
        _slots[Orders] = slot;
        if (!_generations.IsEmpty)
        {
            _generations[Orders] = generation;
        }

        Orders++;
    }
}
