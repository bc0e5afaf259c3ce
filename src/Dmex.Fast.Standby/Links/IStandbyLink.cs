namespace Dmex.Fast.Standby.Links;

/// <summary>
/// The seam between the standby's logic and what carries it: live messages that may be lost, a durable stream with one writer,
/// and servers that can witness that this host is not the one cut off. Every method may be called from any thread.
/// Payloads are opaque: the logic seals and authenticates them.
/// </summary>
public interface IStandbyLink : IAsyncDisposable
{
    /// <summary>What this link can promise.</summary>
    StandbyLinkTraits Traits { get; }

    /// <summary>Sends a live message on every path that is up; never waits, and loses it rather than block.</summary>
    /// <param name="channel">What it is about.</param>
    /// <param name="payload">At most 64 KiB; copied before this returns.</param>
    /// <returns>On how many paths it was handed over; 0: on none.</returns>
    int TrySend(StandbyChannel channel, ReadOnlySpan<byte> payload);

    /// <summary>
    /// Receives live messages of a channel, from every path, duplicates included. The handler runs on a thread of the link, one
    /// call at a time for each path: it must not block, and its span is valid during the call alone.
    /// </summary>
    /// <returns>Ends the subscription when disposed.</returns>
    IDisposable Subscribe(StandbyChannel channel, Action<ReadOnlySpan<byte>> handler);

    /// <summary>Appends to the durable stream.</summary>
    /// <param name="kind">What the bytes are.</param>
    /// <param name="payload">At most 1 MiB.</param>
    /// <param name="expectedLast">The sequence that the stream must end with; null: append whatever came between (fences).</param>
    /// <param name="cancellationToken">Ends the wait; the record may have been appended nevertheless.</param>
    /// <returns>The record's sequence.</returns>
    /// <exception cref="StandbyAppendConflictException">The stream ends otherwise: somebody else wrote.</exception>
    /// <exception cref="StandbyLinkException">It could not be appended, or nobody knows whether it was.</exception>
    ValueTask<ulong> AppendAsync(
        StandbyStreamKind kind, ReadOnlyMemory<byte> payload, ulong? expectedLast, CancellationToken cancellationToken);

    /// <summary>The last sequence of the stream; 0: it is empty.</summary>
    /// <exception cref="StandbyLinkException">The stream cannot be reached.</exception>
    ValueTask<ulong> GetLastSequenceAsync(CancellationToken cancellationToken);

    /// <summary>Reads the stream from a sequence on: what is there, then what comes, until canceled. Reconnects by itself.</summary>
    IAsyncEnumerable<StandbyStreamRecord> ReadAsync(ulong from, CancellationToken cancellationToken);

    /// <summary>Removes every record below a sequence.</summary>
    ValueTask PurgeBelowAsync(ulong sequence, CancellationToken cancellationToken);

    /// <summary>Asks every server whether it is there; answers are counted by <see cref="WitnessesSince"/>. Never waits.</summary>
    void AskWitnesses();

    /// <summary>How many distinct servers, by their ids, answered a question that was asked at or after a moment.</summary>
    /// <param name="timestamp">Of <see cref="TimeProvider.GetTimestamp"/>.</param>
    int WitnessesSince(long timestamp);
}
