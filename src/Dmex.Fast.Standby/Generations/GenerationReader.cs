using Dmex.Fast.Standby.Links;
using Dmex.Fast.Standby.Sealing;

namespace Dmex.Fast.Standby.Generations;

/// <summary>Opens the records of a stream and keeps what they say of generations and fences. Not thread-safe.</summary>
/// <param name="opener">Opens them.</param>
internal sealed class GenerationReader(MessageOpener opener)
{
    private const int MaxSize = 1 << 20;

    private readonly byte[] _plain = GC.AllocateArray<byte>(MaxSize, pinned: true);

    /// <summary>What was said of generations and fences.</summary>
    public GenerationLog Log { get; } = new();

    /// <summary>The latest record that was read.</summary>
    public ulong Sequence { get; private set; }

    /// <summary>Takes a record in.</summary>
    /// <param name="record">The record.</param>
    /// <param name="header">Who sealed it.</param>
    /// <returns>The message, valid until the next call; empty when it was refused.</returns>
    public ReadOnlySpan<byte> Read(in StandbyStreamRecord record, out SealedHeader header)
    {
        Sequence = Math.Max(Sequence, record.Sequence);
        if (opener.Open(record.Payload.Span, KindOf(record.Kind), _plain, out header, out var length) != OpenResult.Opened)
        {
            return [];
        }

        var message = _plain.AsSpan(0, length);
        switch (record.Kind)
        {
            case StandbyStreamKind.Generation when GenerationRecord.Read(message) is { } claim
                && claim.Generation == header.Sender.Generation:
                Log.Add(claim, header.Sender.Session, record.Sequence);
                break;
            case StandbyStreamKind.Fence when FenceRecord.Read(message) is { } fence:
                if (!FenceRecord.IsAcknowledgement(message))
                {
                    Log.Add(fence);
                }
                else if (header.Sender.Role == SenderRole.Operator)
                {
                    Log.Acknowledge(fence.Id);
                }

                break;
            case StandbyStreamKind.Batch when Replication.ReplicaBatch.TryRead(message, out var batch):
                Log.Add(header.Sender.Generation, batch.Acknowledged, fenced: 0, fenceId: 0);
                break;
            case StandbyStreamKind.Snapshot when Replication.SnapshotPart.TryReadHeader(message, out var part):
                Log.Add(part.Generation, part.Acknowledged, part.Fenced, part.FenceId);
                Log.AddKept(GenerationRecord.Read(part.ClaimOf(message)));
                break;
        }

        return message;
    }

    /// <summary>Reads all that a stream has now.</summary>
    /// <exception cref="StandbyLinkException">The stream cannot be reached.</exception>
    public async ValueTask<ulong> ReadToEndAsync(IStandbyLink link, CancellationToken cancellationToken)
    {
        var last = await link.GetLastSequenceAsync(cancellationToken).ConfigureAwait(false);
        if (last <= Sequence)
        {
            return last;
        }

        await foreach (var record in link.ReadAsync(Sequence + 1, cancellationToken).ConfigureAwait(false))
        {
            _ = Read(record, out _);
            if (record.Sequence >= last)
            {
                break;
            }
        }

        return Sequence;
    }

    /// <summary>Clears what was opened last.</summary>
    public void Clear() => _plain.AsSpan().Clear();

    private static SealedKind KindOf(StandbyStreamKind kind) => kind switch
    {
        StandbyStreamKind.Generation => SealedKind.Generation,
        StandbyStreamKind.Batch => SealedKind.Batch,
        StandbyStreamKind.Fence => SealedKind.Fence,
        _ => SealedKind.Snapshot,
    };
}
