using System.Buffers;
using System.Numerics;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Replies;

/// <summary>From the ledger of a whole message to its verdicts, in the order of the message.</summary>
internal static class ReplyResolution
{
    private const int MaxPairwise = 8;

    /// <summary>Decides each hash and tells the sink.</summary>
    /// <param name="ledger">What the walk found.</param>
    /// <param name="offset">Where in the message the walk began, in bytes.</param>
    /// <param name="sink">Told each verdict until it returns false.</param>
    /// <returns>How many verdicts the sink was told, with the one at which it said to stop.</returns>
    public static int Tell(ref ReplyLedger ledger, int offset, IReplySink sink)
    {
        var nodes = ledger.Nodes[..ledger.NodeCount];
        foreach (ref var node in nodes)
        {
            node.Facts.ShareErrors();
            if (node.Parent >= 0)
            {
                ref var around = ref nodes[node.Parent];
                node.Facts.PutInside(in around.Facts, IsOfAnother(in node, in around, in ledger) ? ReplyScope.Opaque : node.Scope);
            }
        }

        var entries = ledger.Entries[..ledger.EntryCount];
        foreach (ref var entry in entries)
        {
            ref var node = ref nodes[entry.Node];
            if (entry.Rank < node.HashRank)
            {
                continue;
            }

            entry.Kind = ReplyVerdict.Decide(in node.Facts, out entry.IsWeak);
            entry.IsContested = node.Facts.Has(ReplyMarks.Against);
            entry.IsWeaklyContested = node.Facts.Has(ReplyMarks.WeaklyAgainst);
        }

        Join(entries);
        var count = 0;
        foreach (ref var entry in entries)
        {
            var kind = entry.IsRepeated ? ReplyKind.None : Verdict(in entry);
            if (kind == ReplyKind.None)
            {
                continue;
            }

            count++;
            if (!sink.OnReply(Reply(in entry, kind, in nodes[entries[entry.Reason].Node].Facts, offset)))
            {
                break;
            }
        }

        return count;
    }

    /// <summary>
    /// Tells an error whose text alone names the order: that it is gone, that it is refused, or that the error may pass.
    /// Nothing is claimed of an order that no property names.
    /// </summary>
    /// <param name="hash">The only one that the message quotes.</param>
    /// <param name="whole">What the message says, which has no other hash.</param>
    /// <param name="offset">Where in the message the walk began, in bytes.</param>
    /// <param name="sink">Told at most once.</param>
    /// <returns>How many verdicts the sink was told.</returns>
    public static int TellQuoted(OrderHash hash, in ReplyFacts whole, int offset, IReplySink sink)
    {
        var kind = ReplyVerdict.Decide(in whole, out _);
        var isError = kind is ReplyKind.Gone or ReplyKind.Throttled or ReplyKind.Busy
            || (kind == ReplyKind.Rejected && (whole.Has(ReplyMarks.Named) || !whole.Has(ReplyMarks.OtherOperation | ReplyMarks.Unsure)));
        if (!isError)
        {
            return 0;
        }

        _ = sink.OnReply(Reply(new ReplyEntry { Hash = hash }, kind, in whole, offset));
        return 1;
    }

    // What is said in an object with a hash of its own is said of that order, not of another inside it.
    private static bool IsOfAnother(in ReplyNode node, in ReplyNode around, in ReplyLedger ledger) =>
        node.Scope is not ReplyScope.Canceled && around.HashRank >= ReplyNode.MinOwnRank
        && (node.Facts.HasSeveral || ledger.Entries[node.Facts.FirstEntry].Hash != ledger.Entries[around.HashEntry].Hash);

    private static ReplyKind Verdict(in ReplyEntry entry)
    {
        var isBlocked = entry.IsContested || (entry.IsWeak && entry.IsWeaklyContested);
        return entry.Kind == ReplyKind.Confirmed && isBlocked ? ReplyKind.None : entry.Kind;
    }

    private static Reply Reply(in ReplyEntry entry, ReplyKind kind, in ReplyFacts facts, int offset)
    {
        var hasReason = kind is not (ReplyKind.Confirmed or ReplyKind.Acknowledged) && facts.ReasonLength > 0;
        var mayPass = kind is ReplyKind.Throttled or ReplyKind.Busy;
        return new Reply
        {
            Hash = entry.Hash,
            Kind = kind,
            Gone = kind == ReplyKind.Gone ? ReplyVerdict.Reason(in facts) : GoneReason.None,
            ReasonOffset = hasReason ? facts.ReasonOffset + offset : 0,
            ReasonLength = hasReason ? facts.ReasonLength : 0,
            RetryAfter = mayPass && facts.RetryAfterTicks >= 0 ? TimeSpan.FromTicks(facts.RetryAfterTicks) : null,
        };
    }

    // What a message says of one order in several places must agree.
    private static void Join(Span<ReplyEntry> entries)
    {
        if (entries.Length <= MaxPairwise)
        {
            for (var i = 1; i < entries.Length; i++)
            {
                for (var first = 0; first < i && !entries[i].IsRepeated; first++)
                {
                    if (entries[first].Hash == entries[i].Hash)
                    {
                        Merge(ref entries[first], ref entries[i]);
                    }
                }
            }

            return;
        }

        // Open addressing; the code of a hash is seeded at random in each process.
        var size = (int)BitOperations.RoundUpToPowerOf2((uint)entries.Length * 2);
        var places = ArrayPool<int>.Shared.Rent(size);
        places.AsSpan(0, size).Clear();
        for (var i = 0; i < entries.Length; i++)
        {
            var place = entries[i].Hash.GetHashCode() & (size - 1);
            while (places[place] != 0 && entries[places[place] - 1].Hash != entries[i].Hash)
            {
                place = (place + 1) & (size - 1);
            }

            if (places[place] == 0)
            {
                places[place] = i + 1;
            }
            else
            {
                Merge(ref entries[places[place] - 1], ref entries[i]);
            }
        }

        ArrayPool<int>.Shared.Return(places);
    }

    private static void Merge(ref ReplyEntry first, ref ReplyEntry other)
    {
        other.IsRepeated = true;
        first.IsContested |= other.IsContested;
        first.IsWeaklyContested |= other.IsWeaklyContested;
        var takesOther = other.Kind == ReplyKind.Throttled
            || (other.Kind == ReplyKind.Busy && first.Kind != ReplyKind.Throttled)
            || (first.Kind == ReplyKind.None && !first.IsContradicted);
        var isPassing = first.Kind is ReplyKind.Throttled or ReplyKind.Busy;
        if (takesOther)
        {
            first.Kind = other.Kind;
            first.Reason = other.Reason;
            first.IsWeak = other.IsWeak;
        }
        else if (other.Kind != ReplyKind.None && other.Kind != first.Kind && !isPassing)
        {
            first.Kind = ReplyKind.None;
            first.IsContradicted = true;
        }
        else
        {
            // A state of its own outweighs the weaker reason.
            first.IsWeak &= other.Kind != ReplyKind.Confirmed || other.IsWeak;
        }
    }
}
