using System.Security.Cryptography;
using Dmex.Fast.Standby.Links;
using Dmex.Fast.Standby.Replication;
using Dmex.Fast.Standby.Sealing;

namespace Dmex.Fast.Standby.Generations;

/// <summary>Writes whole books into the stream and purges what lies below them, so that the stream does not grow without end.</summary>
internal static class SnapshotWriter
{
    /// <summary>Writes a snapshot.</summary>
    /// <param name="link">To the stream.</param>
    /// <param name="sealer">Of the standby.</param>
    /// <param name="log">What the stream said of generations and fences.</param>
    /// <param name="read">The sequence up to which the stream was read: what came later, a fence maybe, is not purged.</param>
    /// <param name="through">Every record up to this one is in it.</param>
    /// <param name="entries">The book.</param>
    /// <param name="cancellationToken">Ends it; parts that are in the stream already do no harm.</param>
    /// <exception cref="StandbyLinkException">A part was not appended; nothing was purged.</exception>
    public static async ValueTask WriteAsync(
        IStandbyLink link,
        MessageSealer sealer,
        GenerationLog log,
        ulong read,
        ulong through,
        ReplicaEntry[] entries,
        CancellationToken cancellationToken)
    {
        var parts = Math.Max(1, (entries.Length + SnapshotPart.MaxCount - 1) / SnapshotPart.MaxCount);
        var header = new SnapshotPart(
            BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))),
            through,
            log.Generation,
            log.Acknowledged,
            log.Fenced,
            log.FenceId,
            Index: 0,
            parts,
            Count: 0);
        var claim = log.Claim?.Write();
        ulong first = 0;
        for (var i = 0; i < parts; i++)
        {
            var from = i * SnapshotPart.MaxCount;
            var part = entries.AsMemory(from, Math.Min(SnapshotPart.MaxCount, entries.Length - from));
            var plain = (header with { Index = i, Count = part.Length }).Write(part.Span, claim);
            var record = new byte[plain.Length + SealedHeader.Overhead];
            _ = sealer.Seal(SealedKind.Snapshot, plain, record);
            CryptographicOperations.ZeroMemory(plain);
            var sequence = await link.AppendAsync(StandbyStreamKind.Snapshot, record, expectedLast: null, cancellationToken)
                .ConfigureAwait(false);
            first = i == 0 ? sequence : first;
        }

        await link.PurgeBelowAsync(Math.Min(first, read + 1), cancellationToken).ConfigureAwait(false);
    }
}
