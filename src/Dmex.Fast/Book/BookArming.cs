using Dmex.Fast.Book.Storage;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Book;

/// <summary>Decides what becomes of an order that is to be armed. Not thread-safe: used under the book's lock.</summary>
internal sealed class BookArming(BookOrders orders, BookLatches latches, BookLatchedPolicy whenLatched)
{
    /// <summary>
    /// Whether an order that is new is refused because the standbys lag. One that a latch covers is not: its cancel is sent at once.
    /// </summary>
    public bool IsLagging { get; set; }

    /// <summary>Does what needs no signature: an order that is in already, or one that would be refused.</summary>
    /// <param name="hash">The order.</param>
    /// <param name="tag">Its tag.</param>
    /// <param name="priority">Its priority.</param>
    /// <param name="result">What became of it.</param>
    /// <param name="slot">Its slot; -1 when it is not in the book.</param>
    /// <returns>False when a signature is needed.</returns>
    public bool TryWithoutSignature(in OrderHash hash, ulong tag, int priority, out ArmResult result, out int slot)
    {
        slot = orders.Find(hash);
        if (slot >= 0)
        {
            result = Update(slot, tag, priority);
            return true;
        }

        result = RefusalOf(tag);
        if (result == ArmResult.None && orders.IsFull)
        {
            result = ArmResult.Full;
        }

        return result != ArmResult.None;
    }

    /// <summary>Arms an order, whether it is in the book already or not.</summary>
    /// <param name="hash">The order.</param>
    /// <param name="signature">Its signature.</param>
    /// <param name="frame">Its frame.</param>
    /// <param name="tag">Its tag.</param>
    /// <param name="priority">Its priority.</param>
    /// <param name="slot">Its slot; -1 when it is not in the book.</param>
    public ArmResult Arm(in OrderHash hash, in Signature signature, ReadOnlySpan<byte> frame, ulong tag, int priority, out int slot)
    {
        slot = orders.Find(hash);
        if (slot >= 0)
        {
            return Update(slot, tag, priority);
        }

        if (RefusalOf(tag) is not ArmResult.None and var refusal)
        {
            return refusal;
        }

        slot = orders.Add(hash, signature, frame, tag, priority);
        if (slot < 0)
        {
            return ArmResult.Full;
        }

        if (!latches.Cover(tag))
        {
            return ArmResult.Armed;
        }

        orders.HandToPanic(slot);
        return ArmResult.FiredByLatch;
    }

    private ArmResult RefusalOf(ulong tag)
    {
        if (latches.Cover(tag))
        {
            return whenLatched == BookLatchedPolicy.Refuse ? ArmResult.RefusedByLatch : ArmResult.None;
        }

        return IsLagging ? ArmResult.RefusedByLag : ArmResult.None;
    }

    /// <summary>Arms what is in the book already; the frame stays.</summary>
    private ArmResult Update(int slot, ulong tag, int priority)
    {
        var state = orders.StateOf(slot);
        if (state == BookOrderState.Fired)
        {
            return ArmResult.AlreadyFired;
        }

        if (orders.IsHandedToPanic(slot))
        {
            return ArmResult.FiredByLatch; // as was said before, and the panic looks for it by its tag
        }

        // An order that a panic has in its scope is not taken out of it by a new tag.
        var tagBefore = orders.Store.Tags[slot];
        var wasLatched = latches.Cover(tagBefore);
        var isLatched = wasLatched || latches.Cover(tag);
        if (isLatched && whenLatched == BookLatchedPolicy.Refuse)
        {
            return ArmResult.RefusedByLatch;
        }

        if (state == BookOrderState.Rejected)
        {
            orders.ArmRejected(slot);
        }

        var isSame = tagBefore == tag && orders.Store.State(slot).Priority == priority;
        if (!isSame && !wasLatched)
        {
            orders.SetTag(slot, tag, priority);
        }

        if (isLatched)
        {
            orders.HandToPanic(slot);
            return ArmResult.FiredByLatch;
        }

        return state == BookOrderState.Rejected ? ArmResult.Armed : isSame ? ArmResult.AlreadyArmed : ArmResult.Updated;
    }
}
