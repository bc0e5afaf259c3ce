using System.Numerics;

namespace Dmex.Fast.Book.Storage;

/// <summary>
/// Which slots are free, 64 a word. A word that is in use belongs to a priority, and its slots go to that priority as long
/// as there is another word with room: so the frames of a priority lie in runs. Constant time; not thread-safe.
/// </summary>
internal sealed class BookSlots
{
    /// <summary>Slots in a word.</summary>
    public const int PerWord = 64;

    private const int None = -1;

    /// <summary>The list of words whose slots are all free, beside a list a priority of words with some free.</summary>
    private const int Whole = BookRecord.Priorities;

    private readonly int _capacity;
    private readonly ulong[] _free;
    private readonly byte[] _list;
    private readonly int[] _next;
    private readonly int[] _previous;
    private readonly int[] _heads = new int[BookRecord.Priorities + 1];

    public BookSlots(int capacity)
    {
        _capacity = capacity;
        var words = (capacity + PerWord - 1) / PerWord;
        _free = new ulong[words];
        _list = new byte[words];
        _next = new int[words];
        _previous = new int[words];
        Array.Fill(_heads, None);

        // From the last on, so that the first is taken first.
        for (var word = words - 1; word >= 0; word--)
        {
            _free[word] = AllOf(word);
            Push(word, Whole);
        }
    }

    /// <summary>Takes a free slot, or -1.</summary>
    public int Take(int priority)
    {
        var word = FindWord(priority);
        if (word == None)
        {
            return None;
        }

        var slot = (word * PerWord) + BitOperations.TrailingZeroCount(_free[word]);
        Take(slot, word, priority);
        return slot;
    }

    /// <summary>Takes a slot that is known to be free, for an order that is there already.</summary>
    public void TakeAt(int slot, int priority) => Take(slot, slot / PerWord, priority);

    /// <summary>Gives a slot back.</summary>
    public void Give(int slot)
    {
        var word = slot / PerWord;
        var before = _free[word];
        _free[word] = before | (1UL << (slot % PerWord));
        if (_free[word] == AllOf(word))
        {
            if (before != 0)
            {
                Remove(word);
            }

            Push(word, Whole);
        }
        else if (before == 0)
        {
            Push(word, _list[word]);
        }
    }

    private void Take(int slot, int word, int priority)
    {
        if (_list[word] == Whole)
        {
            Remove(word);
            Push(word, priority);
        }

        _free[word] &= ~(1UL << (slot % PerWord));
        if (_free[word] == 0)
        {
            Remove(word);
        }
    }

    private int FindWord(int priority)
    {
        var word = _heads[priority];
        if (word == None)
        {
            word = _heads[Whole];
        }

        // No room of its own left: a word of another priority is better than a refusal.
        for (var other = BookRecord.Priorities - 1; word == None && other >= 0; other--)
        {
            word = _heads[other];
        }

        return word;
    }

    private ulong AllOf(int word)
    {
        var slots = Math.Min(PerWord, _capacity - (word * PerWord));
        return ulong.MaxValue >> (PerWord - slots);
    }

    private void Push(int word, int list)
    {
        var head = _heads[list];
        _list[word] = (byte)list;
        _next[word] = head;
        _previous[word] = None;
        _heads[list] = word;
        if (head != None)
        {
            _previous[head] = word;
        }
    }

    private void Remove(int word)
    {
        var next = _next[word];
        var previous = _previous[word];
        if (previous == None)
        {
            _heads[_list[word]] = next;
        }
        else
        {
            _next[previous] = next;
        }

        if (next != None)
        {
            _previous[next] = previous;
        }
    }
}
