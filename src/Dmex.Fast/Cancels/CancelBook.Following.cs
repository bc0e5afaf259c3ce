using Dmex.Fast.Signing;

namespace Dmex.Fast.Cancels;

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
        lock (_gate)
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

    /// <summary>The numbers of the panics whose scopes are latched; a book's file keeps them over a restart.</summary>
    internal int[] LatchedPanics()
    {
        lock (_gate)
        {
            ThrowIfDisposed();
            var panics = new int[_latches.Count];
            for (int i = 0; i < panics.Length; i++)
            {
                panics[i] = _latches[i].Panic;
            }

            return panics;
        }
    }
}
