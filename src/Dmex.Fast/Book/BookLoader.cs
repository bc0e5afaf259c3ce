using Dmex.Fast.Book.Storage;
using Dmex.Fast.Signing;
using Dmex.Fast.WebSockets;

namespace Dmex.Fast.Book;

/// <summary>Takes what a file holds into a book that is not shared yet.</summary>
/// <param name="file">The file.</param>
/// <param name="orders">Receives its orders; empty.</param>
/// <param name="latches">Receives its latches; empty.</param>
/// <param name="keys">Masks the frames.</param>
internal sealed class BookLoader(BookFile file, BookOrders orders, BookLatches latches, MaskingKeys keys)
{
    private const int Block = 512;

    private readonly ulong[] _sequences = new ulong[orders.Store.Capacity];

    /// <summary>What was found.</summary>
    public BookRecovery Recovered { get; private set; }

    /// <summary>The highest sequence of a record.</summary>
    public ulong LatestSequence { get; private set; }

    /// <summary>Refuses a file that is not what the caller expects.</summary>
    /// <exception cref="ArgumentException">The key is another account's.</exception>
    /// <exception cref="BookFileException">Account, endpoint or capacity are not the expected ones.</exception>
    public static void Check(string path, BookPreamble found, CancelBookOptions options, SigningKey? key)
    {
        if (options.Account is { } account && account != found.Account)
        {
            throw new BookFileException(
                BookFileError.OtherAccount, $"{path} holds the orders of {found.Account}, and those of {account} were expected.");
        }

        CancelBookOptions.CheckKey(found.Account, key);
        if (options.Endpoint is not null && options.Endpoint != found.Endpoint)
        {
            throw new BookFileException(
                BookFileError.OtherEndpoint, $"{path} holds orders at {found.Endpoint}, and {options.Endpoint} was expected.");
        }

        if (options.Capacity != 0 && options.Capacity != found.Capacity)
        {
            throw new BookFileException(
                BookFileError.OtherLength, $"{path} is a book of {found.Capacity} orders, and one of {options.Capacity} was expected.");
        }
    }

    /// <summary>Takes in everything; places whose records are not whole are free again.</summary>
    public void Load()
    {
        Span<BookRecord> places = stackalloc BookRecord[BookLatches.Max];
        file.ReadLatches(places);
        for (var place = 0; place < places.Length; place++)
        {
            latches.Restore(place, places[place]);
            NoteSequence(places[place].IsWhole(BookRecordKind.Latch, place) ? places[place].Sequence : 0);
        }

        var capacity = orders.Store.Capacity;
        var records = new BookRecord[Block];
        var torn = 0;
        for (var first = 0; first < capacity; first += Block)
        {
            var block = records.AsSpan(0, Math.Min(Block, capacity - first));
            file.ReadOrders(first, block);
            for (var i = 0; i < block.Length; i++)
            {
                torn += TryLoad(first + i, block[i]) ? 0 : 1;
            }
        }

        records.AsSpan().Clear(); // signatures
        var firedBefore = 0;
        for (var slot = 0; slot < capacity; slot++)
        {
            firedBefore += orders.Store.State(slot).State is BookEntryState.Fired or BookEntryState.Rejected ? 1 : 0;
        }

        Recovered = new BookRecovery(orders.ArmedCount, firedBefore, torn, file.Missing, latches.Count, file.Openings);
    }

    /// <summary>Takes in a record of an order; false when it is not whole.</summary>
    private bool TryLoad(int slot, in BookRecord record)
    {
        if (record.IsEmpty)
        {
            return true;
        }

        if (!record.IsWhole(BookRecordKind.Order, slot))
        {
            orders.Store.MarkChanged(slot); // the file has it free, too
            return false;
        }

        _sequences[slot] = record.Sequence;
        NoteSequence(record.Sequence);
        var other = record.State == BookEntryState.Free ? -1 : orders.Find(record.Hash);
        if (other >= 0)
        {
            // The order was removed from one slot and armed in another, and a power failure kept both: the later one counts.
            if (_sequences[other] > record.Sequence)
            {
                orders.Store.MarkChanged(slot);
                return true;
            }

            orders.Remove(other);
        }

        orders.Store.Restore(record, keys.Next());
        if (record.State != BookEntryState.Free)
        {
            orders.AddRestored(slot);
        }

        return true;
    }

    private void NoteSequence(ulong sequence) => LatestSequence = Math.Max(LatestSequence, sequence);
}
