using System.Diagnostics;
using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using Dmex.Fast.Venue.Faults;
using Dmex.Fast.Venue.Orders;

namespace Dmex.Fast.Venue.Sessions;

/// <summary>
/// Acts upon messages and answers them, with the faults that strike. Each of a session's two loops (reader and pump) has
/// its own; not thread-safe.
/// </summary>
internal sealed class ReplyMaker(VenueCore core, long connectionId, SessionWriter writer, DueQueue due)
{
    private const int SnapshotOrders = 8;
    private const int MessagesPerSnapshot = 16;
    private const int ReorderMilliseconds = 5;

    private readonly ReplyBuffer _buffer = new();
    private long _lastDue;

    /// <summary>Acts upon a message and answers it.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask ServeAsync(PendingCancel cancel, VenueFaults faults, FaultDraws draws)
    {
        if (core.Options.PushOrderEvents)
        {
            await PushMentionAsync(cancel);
        }

        if (draws.Happens(FaultKind.LoseRequest, faults.LoseRequestProbability))
        {
            core.Transcript.Decide(cancel.Sequence, VenueVerdict.Lost, VenueSignatureCheck.NotChecked, Stopwatch.GetTimestamp());
            return;
        }

        if (draws.Happens(FaultKind.Busy, faults.BusyProbability))
        {
            await RefuseAsync(cancel, VenueVerdict.Busy, 0);
            return;
        }

        await ReplyAsync(cancel.Sequence, Act(cancel, faults, draws), faults, draws);
    }

    /// <summary>Acts upon a message whose connection ends instead of a reply, or loses it: each in half of the cases.</summary>
    public void ActWithoutReply(PendingCancel cancel, VenueFaults faults, FaultDraws draws)
    {
        if (draws.Unit(FaultKind.ActBeforeEnding) < 0.5)
        {
            Act(cancel, faults, draws);
        }
        else
        {
            core.Transcript.Decide(cancel.Sequence, VenueVerdict.Lost, VenueSignatureCheck.NotChecked, Stopwatch.GetTimestamp());
        }
    }

    /// <summary>Answers that nothing was done, and why.</summary>
    public ValueTask RefuseAsync(PendingCancel cancel, VenueVerdict verdict, long retryAfterMilliseconds)
    {
        core.Transcript.Decide(cancel.Sequence, verdict, VenueSignatureCheck.NotChecked, Stopwatch.GetTimestamp());
        var answer = new VenueAnswer
        {
            Verdict = verdict,
            Hash = cancel.Request.Hash,
            RetryAfterMilliseconds = retryAfterMilliseconds,
        };
        var faults = core.Faults;
        return ReplyAsync(cancel.Sequence, answer, faults, new FaultDraws(faults.Seed, connectionId, cancel.Index));
    }

    /// <summary>Sends what a delay held back, or what was posted.</summary>
    public async Task SendReadyAsync(DueItem item) =>
        await writer.SendAsync(item.Bytes, item.Type, item.Sequence, item.FragmentLength);

    /// <summary>Sends a list of some open orders, if there are any.</summary>
    public async ValueTask PushSnapshotAsync()
    {
        if (SomeOpenOrders() is { } snapshot)
        {
            await writer.SendAsync(snapshot, WebSocketMessageType.Text);
        }
    }

    private VenueAnswer Act(PendingCancel cancel, VenueFaults faults, FaultDraws draws)
    {
        if (draws.Happens(FaultKind.FillRace, faults.FillRaceProbability)
            && cancel.Request is { Problem: null, Hash: { } hash }
            && core.Orders.Find(in hash) is { } order)
        {
            core.Orders.TryClose(order, VenueOrderState.Filled);
        }

        return core.Judge(cancel.Sequence, cancel.Request, lies: draws.Happens(FaultKind.Lie, faults.LieProbability));
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask ReplyAsync(long sequence, VenueAnswer answer, VenueFaults faults, FaultDraws draws)
    {
        if (faults.NeverAnswer || draws.Happens(FaultKind.DropReply, faults.DropReplyProbability))
        {
            return;
        }

        if (draws.Happens(FaultKind.Garbage, faults.GarbageProbability))
        {
            (var garbage, var type) = GarbageMessages.Pick(draws.Bits(FaultKind.GarbageForm));
            await SendAsync(garbage, type, 0, faults, draws);
        }

        VenueReplies.WriteAnswer(_buffer.Begin(), in answer, core.Options);
        var reply = _buffer.End();
        await SendAsync(reply, WebSocketMessageType.Text, sequence, faults, draws);
        if (draws.Happens(FaultKind.DuplicateReply, faults.DuplicateReplyProbability))
        {
            await SendAsync(reply, WebSocketMessageType.Text, sequence, faults, draws);
        }
    }

    // Now, or later when a delay says so; what waits is copied, as the buffer is used again.
    private async ValueTask SendAsync(
        ReadOnlyMemory<byte> message, WebSocketMessageType type, long sequence, VenueFaults faults, FaultDraws draws)
    {
        var fragmentLength = faults.FragmentReplies ? 1 + (int)(draws.Bits(FaultKind.Fragments) % 64) : 0;
        var delay = DelayOf(faults, draws);
        if (delay == TimeSpan.Zero)
        {
            await writer.SendAsync(message, type, sequence, fragmentLength);
            return;
        }

        var at = Stopwatch.GetTimestamp() + (long)(delay.TotalSeconds * Stopwatch.Frequency);
        if (!faults.ReorderReplies)
        {
            at = _lastDue = Math.Max(at, _lastDue);
        }

        due.Add(
            new DueItem { Bytes = message.ToArray(), Type = type, Sequence = sequence, FragmentLength = fragmentLength }, at);
    }

    private static TimeSpan DelayOf(VenueFaults faults, FaultDraws draws)
    {
        var max = faults.MaxDelay;
        if (faults.ReorderReplies && max == TimeSpan.Zero)
        {
            max = TimeSpan.FromMilliseconds(ReorderMilliseconds);
        }

        return faults.MinDelay + ((max - faults.MinDelay) * draws.Unit(FaultKind.Delay));
    }

    private async ValueTask PushMentionAsync(PendingCancel cancel)
    {
        if (cancel.Request.Hash is { } hash && core.Orders.Find(in hash) is { State: VenueOrderState.Open })
        {
            var mention = VenueReplies.OrderUpdate(in hash, VenueOrderState.Open, core.Options);
            await writer.SendAsync(mention, WebSocketMessageType.Text);
        }

        if (cancel.Index % MessagesPerSnapshot == MessagesPerSnapshot - 1)
        {
            await PushSnapshotAsync();
        }
    }

    private byte[]? SomeOpenOrders()
    {
        Span<VenueHash> open = stackalloc VenueHash[SnapshotOrders];
        var count = core.Orders.CopyOpen(open);
        return count == 0 ? null : VenueReplies.Snapshot(open[..count], core.Options);
    }
}
