using System.Diagnostics;
using Dmex.Fast.Signing;
using Dmex.Fast.Tracking;

namespace Dmex.Fast.Dispatch;

/// <content>The venue's own list of open orders: compared, and fired.</content>
internal sealed partial class CancelDispatcher
{
    // Some ten microseconds under the lock.
    private const int ComparedAtOnce = 128;

    /// <summary>
    /// Whether a panic is at work on the order, or its outcome is remembered: whatever the list says of it is dealt with.
    /// </summary>
    public bool IsKnown(in OrderHash hash)
    {
        lock (_lock)
        {
            return FindAny(hash) is { } cancel && (cancel.Stage == CancelStage.Settled || cancel.Panic is not null);
        }
    }

    /// <summary>Fires orders that the venue lists as open, in the order given, as far as there is room.</summary>
    /// <param name="hashes">Few at a time: they are taken under one hold of the lock.</param>
    /// <param name="signatures">As many.</param>
    /// <param name="panic">Counts them.</param>
    /// <returns>How many were taken.</returns>
    public int Fire(ReadOnlySpan<OrderHash> hashes, ReadOnlySpan<Signature> signatures, PanicTally panic)
    {
        var effects = EffectsPool.Rent();
        var now = Stopwatch.GetTimestamp();
        var taken = 0;
        lock (_lock)
        {
            while (taken < hashes.Length && _tracker.Stopped.Reason == UnresolvedReason.None
                && _tracker.TryFireListed(FindAny(hashes[taken]), hashes[taken], signatures[taken], panic, now, effects))
            {
                taken++;
            }

            Seal(effects);
        }

        Finish(effects);
        return taken;
    }

    /// <summary>Whether a read of the venue's list of open orders would tell anything.</summary>
    public bool WantsList
    {
        get
        {
            lock (_lock)
            {
                return _tracker.WantsList;
            }
        }
    }

    /// <summary>
    /// Compares a read of the venue's list with the cancels, a few at a time under the lock. On no thread that carries cancels; one read
    /// after the other.
    /// </summary>
    public void Compare(in ListRead read)
    {
        var cursor = 0;
        bool isMore;
        do
        {
            var effects = EffectsPool.Rent();
            lock (_lock)
            {
                isMore = _tracker.Compare(read, ref cursor, ComparedAtOnce, Stopwatch.GetTimestamp(), effects);
                Seal(effects);
            }

            Finish(effects);
        }
        while (isMore);
    }
}
