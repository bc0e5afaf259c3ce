using System.Runtime.CompilerServices;
using Dmex.Fast.Standby.Links;
using Dmex.Fast.Standby.Sealing;

namespace Dmex.Fast.Standby.Generations;

/// <summary>Opens the records of a stream and keeps what they say of generations and fences. Not thread-safe.</summary>
/// <param name="opener">Opens them.</param>
/// <param name="time">The clock.</param>
internal sealed class GenerationReader(MessageOpener opener, TimeProvider time)
{
    private const int MaxSize = 1 << 20;

    /// <summary>How long a record that the stream is said to have may take to come: longer than an election.</summary>
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(10);

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
        if (opener.Open(record.Payload.Span, SealedKinds.Of(record.Kind), _plain, out header, out var length) != OpenResult.Opened)
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

    /// <summary>
    /// The cluster lost its records, and what it has now is read from its first. What was read before still holds: generations and fences
    /// are maxima.
    /// </summary>
    public void Restart() => Sequence = 0;

    /// <inheritdoc cref="ReadToEndAsync(IStandbyLink, Action{StandbyStreamRecord}, CancellationToken)" path="/*[not(self::param)]"/>
    public ValueTask<ulong> ReadToEndAsync(IStandbyLink link, CancellationToken cancellationToken) =>
        ReadToEndAsync(link, record => _ = Read(record, out _), cancellationToken);

    /// <summary>Reads all that a stream has now.</summary>
    /// <param name="link">To the stream.</param>
    /// <param name="take">Takes each record in, by <see cref="Read"/>.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The sequence that the stream ends with.</returns>
    /// <exception cref="StandbyLinkException">The stream cannot be reached, or not be read to its end.</exception>
    public async ValueTask<ulong> ReadToEndAsync(
        IStandbyLink link, Action<StandbyStreamRecord> take, CancellationToken cancellationToken)
    {
        var last = await link.GetLastSequenceAsync(cancellationToken).ConfigureAwait(false);
        if (last < Sequence)
        {
            Restart();
        }

        await foreach (var record in ReadToAsync(link, Sequence + 1, last, cancellationToken).ConfigureAwait(false))
        {
            take(record);
        }

        return Math.Max(last, Sequence);
    }

    /// <summary>The records of a stream up to one that it is said to have.</summary>
    /// <param name="link">To the stream.</param>
    /// <param name="from">The first.</param>
    /// <param name="last">The last; none is read when it is below the first.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="StandbyLinkException">
    /// The next record did not come in time. A purge of the stream to its end took the last one away: it may have been a fence.
    /// </exception>
    public async IAsyncEnumerable<StandbyStreamRecord> ReadToAsync(
        IStandbyLink link, ulong from, ulong last, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (last < from)
        {
            yield break;
        }

        using var late = new CancellationTokenSource(MaxWait, time);
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        var records = link.ReadAsync(from, ends.Token).GetAsyncEnumerator(ends.Token);
        await using var ended = records.ConfigureAwait(false);
        while (await MoveNextAsync(records, last, late, cancellationToken).ConfigureAwait(false))
        {
            yield return records.Current;
            if (records.Current.Sequence >= last)
            {
                break;
            }

            late.CancelAfter(MaxWait);
        }
    }

    /// <summary>Clears what was opened last.</summary>
    public void Clear() => _plain.AsSpan().Clear();

    private static async ValueTask<bool> MoveNextAsync(
        IAsyncEnumerator<StandbyStreamRecord> records, ulong last, CancellationTokenSource late, CancellationToken cancellationToken)
    {
        try
        {
            return await records.MoveNextAsync().ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new StandbyLinkException(
                $"The stream is said to end with {last}, and nothing more of it came within {MaxWait.TotalSeconds} s. If nobody can read "
                + "it, it was purged to its end: delete the stream, and the engine writes the whole book and the standbys their fences.");
        }
    }
}
