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
    /// <exception cref="StandbyLinkException">The stream cannot be reached, or not be read to its end.</exception>
    public async ValueTask<StandbyBook> ReadAsync(IStandbyLink link, CancellationToken cancellationToken)
    {
        _ = await reader.ReadToEndAsync(link, Take, cancellationToken).ConfigureAwait(false);
        return Describe();
    }

    private void Take(StandbyStreamRecord record)
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
            Owner = log.Owner,
            Generation = log.Generation,
            Fenced = log.Fenced,
            FenceId = log.FenceId,
            Fences = [.. log.Fences],
            IsFenced = log.IsFenced,
            IsAcknowledged = log.IsAcknowledged,
            Orders = [.. _table.Entries.OrderBy(entry => entry.Record.Priority).Select(entry => entry.ToOrder())],
        };
    }
}
