using Dmex.Fast.Book;
using Dmex.Fast.Book.Storage;
using Dmex.Fast.Signing;

namespace Dmex.Fast;

/// <summary>What follows the orders that were fired.</summary>
public sealed unsafe partial class CancelBook
{
    /// <summary>Finds an order that a panic fired and that is not resolved.</summary>
    /// <param name="hash">The order.</param>
    /// <param name="slot">Its slot.</param>
    /// <param name="panic">Its panic's number.</param>
    /// <param name="isPending">Whether the venue may not know it yet.</param>
    internal bool TryFindFired(in OrderHash hash, out int slot, out int panic, out bool isPending)
    {
        lock (_lock)
        {
            panic = 0;
            isPending = false;
            slot = _disposed ? -1 : _index.Find(hash);
            if (slot < 0 || BookWord.State(_words[slot]) != BookEntryState.Fired)
            {
                return false;
            }

            panic = _panicOf[slot];
            isPending = !BookWord.IsLive(_words[slot]);
            return true;
        }
    }

    /// <summary>
    /// What became of a panic's orders and which are unresolved, in one look. Those that it has not come to yet are unresolved
    /// orders of it too.
    /// </summary>
    /// <param name="panic">The number.</param>
    /// <param name="isFiredOut">Whether its walk has come to an end, so that only what met the latch since is its own.</param>
    /// <param name="open">Receives the unresolved orders.</param>
    internal PanicCounts Look(int panic, bool isFiredOut, List<OrderHash> open)
    {
        lock (_lock)
        {
            var found = Panic(panic);
            var counts = found.Counts();
            if (_disposed)
            {
                return counts; // the numbers say how many are not listed
            }

            var notFired = 0;
            for (var word = 0; word < _fresh.Length; word++)
            {
                for (var priority = 0; priority < Priorities; priority++)
                {
                    var fired = counts.Unresolved > 0 ? _fired[priority][word] : 0;
                    for (; fired != 0; fired &= fired - 1)
                    {
                        var slot = Slot(word, fired);
                        if (_panicOf[slot] == panic && BookWord.State(_words[slot]) == BookEntryState.Fired)
                        {
                            open.Add(_entries[slot].Hash);
                        }
                    }

                    var armed = _armed[priority][word] & (isFiredOut ? _latched[word] : ulong.MaxValue);
                    for (armed = armed == 0 ? 0 : InScope(armed, word, found.Scope); armed != 0; armed &= armed - 1)
                    {
                        open.Add(_entries[Slot(word, armed)].Hash);
                        notFired++;
                    }
                }
            }

            return counts with { Fired = counts.Fired + notFired, Unresolved = counts.Unresolved + notFired };
        }
    }

    /// <summary>Follows the panics whose scopes are latched, and gives their numbers; a book's file keeps them over a restart.</summary>
    internal int[] FollowLatched()
    {
        lock (_lock)
        {
            ThrowIfDisposed();
            var panics = new int[_latches.Count];
            for (var i = 0; i < panics.Length; i++)
            {
                panics[i] = _latches[i].Panic;
                Panic(panics[i]).IsFollowed = true;
            }

            return panics;
        }
    }
}
