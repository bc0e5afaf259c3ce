using Dmex.Fast.Signing;

namespace Dmex.Fast.Tracking;

/// <content>Room in the table: taking entries, evicting remembered ones, and waiting in turn. Everything under the lock.</content>
internal sealed partial class InFlightTable
{
    /// <summary>Whether resolving an order can make a copy of another one due at once.</summary>
    public bool AdmitsWhenResolved => _whenFull == InFlightFullPolicy.Wait;

    private InFlightEntry? FindOrAdd(in OrderHash hash, in Signature signature, long now)
    {
        var entry = _entries.Find(hash);
        if (entry is { Open: true })
        {
            return entry;
        }

        if (entry is not null)
        {
            Forget(entry); // asked anew after a rejection: a new cancel
        }

        // Whoever waits for room came first.
        if (!_room.IsEmpty)
        {
            return null;
        }

        return AddEvicting(hash, signature, now);
    }

    private InFlightEntry? AddEvicting(in OrderHash hash, in Signature signature, long now)
    {
        var entry = _entries.Add(hash, signature, now);
        if (entry is null && _oldestRemembered is { } oldest)
        {
            Forget(oldest);
            entry = _entries.Add(hash, signature, now);
        }

        return entry;
    }

    private AcceptResult WaitForRoom(
        in OrderHash hash, in Signature signature, long now, long timeout, out CancelWait? wait)
    {
        wait = _whenFull == InFlightFullPolicy.Wait && _room.Count < _entries.Capacity ? RentWait(now, timeout) : null;
        if (wait is null)
        {
            return AcceptResult.Full;
        }

        wait.Hash = hash;
        wait.Signature = signature;
        _room.AddLast(wait);
        return AcceptResult.WaitsForRoom;
    }

    /// <summary>Gives freed entries to those who wait for room; their copies go out by the clock.</summary>
    private void AdmitFromRoom(long now)
    {
        while (_room.First is { } wait)
        {
            var entry = _entries.Find(wait.Hash);
            if (entry is { Open: false })
            {
                Forget(entry);
                entry = null;
            }

            entry ??= AddEvicting(wait.Hash, wait.Signature, wait.Accepted);
            if (entry is null)
            {
                return;
            }

            _room.Remove(wait);
            entry.Link(wait);
            if (!entry.HasOutstandingCopy)
            {
                Schedule(entry, NextSend.AtOnce, now);
            }
        }
    }
}
