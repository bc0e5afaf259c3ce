using Dmex.Fast.Standby.Links;
using Dmex.Fast.Standby.Messages;
using Dmex.Fast.Standby.Replication;
using Dmex.Fast.Standby.Sealing;

namespace Dmex.Fast.Standby;

/// <content>What comes over the link: live messages on its threads, and the stream.</content>
public sealed partial class StandbyService
{
    private static readonly TimeSpan ReadAgain = TimeSpan.FromMilliseconds(250);

    private void OnBeat(ReadOnlySpan<byte> message) => _ = TakeBeat(message);

    private void OnDatagram(ReadOnlySpan<byte> message)
    {
        if (MayTakeDatagram(message) && TakeBeat(message) is OpenResult.Opened or OpenResult.Repeated)
        {
            _ = Interlocked.Increment(ref _datagrams);
        }
    }

    /// <summary>
    /// A beat that was recorded on the way and is sent again is told by its number, if this standby heard a later one. So datagrams count
    /// from the generation's first beat over the link on, which is encrypted: before, even an authentic one may be old.
    /// </summary>
    private bool MayTakeDatagram(ReadOnlySpan<byte> message)
    {
        if (message.Length != BeatMessage.SealedSize || !SealedHeader.TryRead(message, out var header))
        {
            return true; // refused, and counted, as whatever else is no beat
        }

        lock (_lock)
        {
            return header.Sender.Generation == _decision.Generation && _decision.IsHeard;
        }
    }

    private OpenResult TakeBeat(ReadOnlySpan<byte> message)
    {
        Span<byte> plain = stackalloc byte[BeatMessage.Size];
        var result = _opener.Open(message, SealedKind.Beat, plain, out var header, out var length);
        if (result != OpenResult.Opened || !BeatMessage.TryRead(plain[..length], out var beat))
        {
            return result;
        }

        lock (_lock)
        {
            var generation = header.Sender.Generation;
            Begin(generation, beat.Acknowledged);
            var now = _clock.Now;
            var gap = _decision.Silent(now);
            if (_decision.Beat(now, generation, beat.Number, beat.IsStopping))
            {
                _metrics.Beat(gap);
            }

            if (generation == _table.Generation)
            {
                _engineHead = Math.Max(_engineHead, beat.Head);
            }
        }

        return result;
    }

    private void OnLive(ReadOnlySpan<byte> message)
    {
        lock (_lock)
        {
            if (_opener.Open(message, SealedKind.Live, _plain, out var header, out var length) != OpenResult.Opened)
            {
                return;
            }

            Apply(header.Sender.Generation, _plain.AsSpan(0, length));
        }

        FireArmed();
        AcknowledgeIfDue();
    }

    private void OnOrder(ReadOnlySpan<byte> message)
    {
        Span<byte> plain = stackalloc byte[OrderMessage.Size];
        if (_opener.Open(message, SealedKind.Order, plain, out _, out var length) != OpenResult.Opened
            || !OrderMessage.TryRead(plain[..length], out var order))
        {
            return;
        }

        lock (_lock)
        {
            if (order.Generation == _decision.Generation)
            {
                _orderedScope = order.Scope;
                _decision.Order();
            }
        }

        Tick();
    }

    private void OnReport(ReadOnlySpan<byte> message)
    {
        var plain = new byte[ReportMessage.MaxSize]; // after a fire, a few times
        if (_opener.Open(message, SealedKind.Report, plain, out var header, out var length) != OpenResult.Opened
            || header.Sender == _sealer.Sender)
        {
            return;
        }

        var count = ReportMessage.Read(plain.AsSpan(0, length), out var generation, out _);
        if (count < 0)
        {
            return;
        }

        lock (_lock)
        {
            _decision.Fence(_clock.Now, generation);
            for (var i = 0; i < count; i++)
            {
                _table.Close(ReportMessage.OrderAt(plain, i));
            }
        }
    }

    /// <summary>Under the lock.</summary>
    private void Begin(uint generation, uint acknowledged)
    {
        if (generation <= _table.Generation)
        {
            return;
        }

        _table.Begin(generation, acknowledged);
        _decision.Begin(_clock.Now, generation);
        _engineHead = 0;
        _ownFenceId = 0;
        _firedScope = _options.Scope;
    }

    /// <summary>Under the lock: applies a batch; what it arms under a fenced generation is gathered, to be fired.</summary>
    private void Apply(uint generation, ReadOnlySpan<byte> batch)
    {
        if (ReplicaBatch.TryRead(batch, out var header))
        {
            Begin(generation, header.Acknowledged);
        }

        var isFenced = generation <= _decision.Fenced;
        if (!_table.Apply(generation, batch, isFenced ? _armed : null) && generation >= _table.Generation)
        {
            _invalid++;
        }
    }

    /// <summary>Reads the stream: what it has, then what comes.</summary>
    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                _loadedAt = await _link.GetLastSequenceAsync(cancellationToken).ConfigureAwait(false);
                if (_loadedAt < _reader.Sequence)
                {
                    // The cluster lost its records: what it has now, generations and fences among it, is read from the first on.
                    Restart();
                }

                _isLoaded |= _loadedAt <= _reader.Sequence;
                await foreach (var record in _link.ReadAsync(_reader.Sequence + 1, cancellationToken).ConfigureAwait(false))
                {
                    Take(record);
                    FireArmed();
                }
            }
            catch (StandbyLinkException)
            {
                // The live paths go on without the stream.
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // Whatever it is, it is told, and the stream read on.
            catch (Exception e)
#pragma warning restore CA1031
            {
                _turns.Note(e);
            }

            try
            {
                await _clock.Delay(ReadAgain, cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private void Restart()
    {
        lock (_lock)
        {
            _reader.Restart();
        }
    }

    private void Take(in StandbyStreamRecord record)
    {
        lock (_lock)
        {
            var message = _reader.Read(record, out var header);
            switch (record.Kind)
            {
                case StandbyStreamKind.Generation:
                    Begin(_reader.Log.Generation, _reader.Log.Acknowledged);
                    break;
                case StandbyStreamKind.Fence:
                    // One of its own is known; on the way through the past, a generation may follow that takes it back.
                    _decision.Fence(_clock.Now, _reader.Log.Fenced);
                    break;
                case StandbyStreamKind.Batch when message.Length > 0:
                    Apply(header.Sender.Generation, message);
                    _streamed += message.Length;
                    break;
                case StandbyStreamKind.Snapshot when _snapshots.TryComplete(message, out var part, out var entries):
                    Begin(part.Generation, part.Acknowledged);
                    _decision.Fence(_clock.Now, part.Fenced);
                    _table.Load(part.Generation, part.Through, entries);
                    _streamed = 0;
                    _snapshotAt = _clock.Now;
                    break;
            }

            if (!_isLoaded && record.Sequence >= _loadedAt)
            {
                _isLoaded = true;
                _decision.Restart(_clock.Now);
            }
        }
    }
}
