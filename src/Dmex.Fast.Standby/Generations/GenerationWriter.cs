using Dmex.Fast.Standby.Deciding;
using Dmex.Fast.Standby.Links;
using Dmex.Fast.Standby.Replication;
using Dmex.Fast.Standby.Sealing;

namespace Dmex.Fast.Standby.Generations;

/// <summary>
/// Appends an engine's records to the stream, as its one writer: each append names the sequence that it expects the stream to end
/// with. When
/// it ends otherwise, the engine reads who wrote: a fence or a higher generation ends this one.
/// </summary>
/// <param name="life">The generation.</param>
/// <param name="link">To the stream.</param>
/// <param name="reader">Has read the stream up to the claim.</param>
/// <param name="clock">The time.</param>
/// <param name="changed">Called when something was read that this engine did not write.</param>
/// <param name="failed">Called with an unexpected error; the writer goes on.</param>
internal sealed class GenerationWriter(
    EngineLife life, IStandbyLink link, GenerationReader reader, MonotonicClock clock, Action changed, Action<Exception> failed)
{
    private static readonly TimeSpan Idle = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);

    private readonly BatchWriter _writer = new(life.Journal.Ring, life.Claim.Acknowledged);
    private readonly byte[] _message = GC.AllocateArray<byte>(ReplicaBatch.MaxSize + SealedHeader.Overhead, pinned: true);
    private ulong _last = life.ClaimSequence;
    private ulong _durable;
    private TimeSpan _lookedAt;

    /// <summary>Every record up to this one is in the stream.</summary>
    public ulong Durable => Volatile.Read(ref _durable);

    /// <summary>Whether this generation is over.</summary>
    public bool IsOver => reader.Log.Generation > life.Generation || reader.Log.Fenced >= life.Generation;

    /// <summary>Writes until the generation is over or the token is canceled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!IsOver && !cancellationToken.IsCancellationRequested)
        {
            try
            {
                await TurnAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                break;
            }
#pragma warning disable CA1031 // Whatever it is, the stream without a writer is what this is against: it is told, and tried again.
            catch (Exception e)
#pragma warning restore CA1031
            {
                failed(e);
                await clock.Delay(Retry, CancellationToken.None).ConfigureAwait(false);
            }
        }

        _writer.Clear();
    }

    private async ValueTask TurnAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (!await WriteNextAsync(cancellationToken).ConfigureAwait(false))
            {
                await LookAsync(cancellationToken).ConfigureAwait(false);
                await clock.Delay(Idle, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (StandbyAppendConflictException)
        {
            await CatchUpAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (StandbyLinkException)
        {
            // Nobody knows whether it was appended: if it was, the next append conflicts, and it is read.
            await clock.Delay(Retry, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask<bool> WriteNextAsync(CancellationToken cancellationToken)
    {
        var head = life.Journal.Ring.Head;
        if (_durable >= head)
        {
            return false;
        }

        var length = SealNext(head, out var count);
        if (count == 0)
        {
            // The stream was behind for longer than the ring remembers.
            _durable = Math.Max(life.Floor, life.Journal.Ring.Tail - 1);
            life.RequestWhole();
            return false;
        }

        _last = await link.AppendAsync(StandbyStreamKind.Batch, _message.AsMemory(0, length), _last, cancellationToken)
            .ConfigureAwait(false);
        Volatile.Write(ref _durable, _durable + (ulong)count);
        return true;
    }

    private int SealNext(ulong head, out int count)
    {
        var batch = _writer.Make(_durable + 1, head, life.Floor, out count);
        return count == 0 ? 0 : life.Sealer.Seal(SealedKind.Batch, batch, _message);
    }

    /// <summary>An engine that arms nothing learns of a fence, too.</summary>
    private async ValueTask LookAsync(CancellationToken cancellationToken)
    {
        if (clock.Now - _lookedAt < Look)
        {
            return;
        }

        _lookedAt = clock.Now;
        if (await link.GetLastSequenceAsync(cancellationToken).ConfigureAwait(false) != _last)
        {
            await ReadOthersAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask CatchUpAsync(CancellationToken cancellationToken)
    {
        try
        {
            await ReadOthersAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (StandbyLinkException)
        {
            await clock.Delay(Retry, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask ReadOthersAsync(CancellationToken cancellationToken)
    {
        var last = await link.GetLastSequenceAsync(cancellationToken).ConfigureAwait(false);
        if (last < _last)
        {
            // The cluster lost what it had acknowledged: the whole book is written again. A fence may be in the stream again by now.
            _last = 0;
            reader.Restart();
            Volatile.Write(ref _durable, life.Journal.Ring.Head);
            life.RequestWhole();
        }

        await foreach (var record in reader.ReadToAsync(link, _last + 1, last, cancellationToken).ConfigureAwait(false))
        {
            Take(record);
            _last = record.Sequence;
        }

        changed();
    }

    private void Take(in StandbyStreamRecord record)
    {
        var message = reader.Read(record, out var header);
        if (record.Kind == StandbyStreamKind.Batch && header.Sender == life.Sealer.Sender && ReplicaBatch.TryRead(message, out var batch))
        {
            // An own append whose outcome nobody knew.
            Volatile.Write(ref _durable, Math.Max(_durable, batch.Last));
        }
    }
}
