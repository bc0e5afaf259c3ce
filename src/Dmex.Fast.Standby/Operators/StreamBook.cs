using Dmex.Fast.Standby.Generations;
using Dmex.Fast.Standby.Links;
using Dmex.Fast.Standby.Replication;

namespace Dmex.Fast.Standby.Operators;

/// <summary>Reads a book out of its stream. Not thread-safe.</summary>
/// <param name="reader">Opens the records.</param>
internal sealed class StreamBook(GenerationReader reader)
{
    private readonly ReplicaTable _table = new();
    private readonly SnapshotReader _snapshots = new();

    /// <summary>Reads what the stream has that was not read yet.</summary>
    /// <exception cref="StandbyLinkException">The stream cannot be reached.</exception>
    public async ValueTask<StandbyBook> ReadAsync(IStandbyLink link, CancellationToken cancellationToken)
    {
        var last = await link.GetLastSequenceAsync(cancellationToken).ConfigureAwait(false);
        if (last > reader.Sequence)
        {
            await foreach (var record in link.ReadAsync(reader.Sequence + 1, cancellationToken).ConfigureAwait(false))
            {
                Take(record);
                if (record.Sequence >= last)
                {
                    break;
                }
            }
        }

        return Describe();
    }

    private void Take(in StandbyStreamRecord record)
    {
        var message = reader.Read(record, out var header);
        switch (record.Kind)
        {
            case StandbyStreamKind.Generation:
                _table.Begin(reader.Log.Generation, reader.Log.Acknowledged);
                break;
            case StandbyStreamKind.Batch when message.Length > 0:
                _ = _table.Apply(header.Sender.Generation, message, armed: null);
                break;
            case StandbyStreamKind.Snapshot when _snapshots.TryComplete(message, out var part, out var entries):
                _table.Begin(part.Generation, part.Acknowledged);
                _table.Load(part.Generation, part.Through, entries);
                break;
        }
    }

    private StandbyBook Describe()
    {
        var log = reader.Log;
        return new StandbyBook
        {
            Owner = log.Claim is { } claim && Uri.TryCreate(claim.Endpoint, UriKind.Absolute, out var endpoint)
                ? new StandbyOwner(claim.Account, endpoint)
                : null,
            Generation = log.Generation,
            Fenced = log.Fenced,
            FenceId = log.FenceId,
            Fences = [.. log.Fences],
            IsFenced = log.IsFenced,
            IsAcknowledged = log.IsAcknowledged,
            Orders = [.. _table.Entries.OrderBy(entry => entry.Record.Priority).Select(entry => new StandbyOrder(
                entry.Record.Hash, entry.Record.Signature, entry.Record.Tag, entry.Record.Priority, entry.Record.IsLive))],
        };
    }
}
