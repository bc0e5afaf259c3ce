using Dmex.Fast.Signing;
using Dmex.Fast.Standby.Deciding;
using Dmex.Fast.Standby.Events;
using Dmex.Fast.Standby.Generations;
using Dmex.Fast.Standby.Links;
using Dmex.Fast.Standby.Messages;
using Dmex.Fast.Standby.Replication;
using Dmex.Fast.Standby.Sealing;

namespace Dmex.Fast.Standby;

/// <content>What the standby's thread does: it decides, fires, acknowledges, asks for what is missing and writes snapshots.</content>
public sealed partial class StandbyService
{
    private const long MaxStreamed = 64L << 20;

    private static readonly TimeSpan TickEvery = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan RepairAfter = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan SnapshotEvery = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan FireAgain = TimeSpan.FromMilliseconds(250);

    private readonly Lock _fireLock = new();
    private BookScope _orderedScope = BookScope.All;
    private TimeSpan _reportedAt;
    private TimeSpan _askedAt;
    private TimeSpan _repairedAt;
    private TimeSpan _fireAgainAt = TimeSpan.MaxValue;
    private TimeSpan _snapshotAt;
    private ulong _lackingAt;
    private long _streamed;

    /// <summary>Decides and does what is due: every 10 ms.</summary>
    internal void Tick()
    {
        FireStep step;
        FireEvidence evidence;
        StandbyOrder[] orders = [];
        var begun = _clock.Provider.GetTimestamp();
        lock (_lock)
        {
            if (_isDisposed)
            {
                return;
            }

            var now = _clock.Now;
            step = Decide(now);
            evidence = _decision.Evidence;
            if (step is FireStep.FireAll or FireStep.FireRest || now >= _fireAgainAt)
            {
                _fireAgainAt = TimeSpan.MaxValue;
                orders = Held();
            }
        }

        // Neither waits for the other: the cancels go first.
        Fire(orders, begun);
        if (step is FireStep.FireAll or FireStep.FireRest)
        {
            Fence();
        }

        if (step != FireStep.None)
        {
            UserHandlers.Raise(Fired, this, new ReplicaFiredEventArgs(evidence, _options.DryRun));
        }

        FireArmed();
        SendDue();
    }

    private FireStep Decide(TimeSpan now)
    {
        if (_decision.WantsWitnesses(now) && now - _askedAt >= _options.Beat)
        {
            _askedAt = now;
            _link.AskWitnesses();
        }

        _witnesses = _link.WitnessesSince(_clock.ToTimestamp(_decision.WitnessesFrom(now)));
        var isLong = _decision.Silent(now) >= _options.IsolatedAfter;
        var venueAnswers = isLong && _firer.VenueAnsweredSince(_clock.ToTimestamp(now - _options.Ttl));
        if (!_isLoaded && !_decision.IsOrdered)
        {
            _decision.Pass(now);
            return FireStep.None;
        }

        var step = _decision.Tick(now, _witnesses, venueAnswers);
        if (step == FireStep.WouldFire)
        {
            _wouldHaveFired++;
        }
        else if (step != FireStep.None)
        {
            _fired = _decision.Evidence;
            _firedScope = _fired.Reason == FireReason.Operator ? _orderedScope : _options.Scope;
        }

        return step;
    }

    /// <summary>Under the lock: what a fire sends.</summary>
    private StandbyOrder[] Held() =>
        [.. _table.Entries
            .Where(entry => _firedScope.Contains(entry.Record.Tag))
            .OrderBy(entry => entry.Record.Priority)
            .Select(entry => entry.ToOrder())];

    /// <summary>What was armed under a fenced generation goes out at once.</summary>
    private void FireArmed()
    {
        StandbyOrder[] orders;
        lock (_lock)
        {
            if (_armed.Count == 0)
            {
                return;
            }

            orders = [.. _armed
                .Where(entry => !_options.DryRun && _firedScope.Contains(entry.Record.Tag))
                .Select(entry => entry.ToOrder())];
            _armed.Clear();
        }

        Fire(orders, decidedAt: 0);
    }

    /// <param name="orders">What is sent; nothing happens when there is none.</param>
    /// <param name="decidedAt">When it was decided, for the metrics; 0: it was before.</param>
    private void Fire(StandbyOrder[] orders, long decidedAt)
    {
        if (orders.Length == 0)
        {
            return;
        }

        FireEvidence evidence;
        lock (_lock)
        {
            evidence = _fired;
        }

        try
        {
            lock (_fireLock)
            {
                var waited = decidedAt == 0 ? TimeSpan.Zero : _clock.Provider.GetElapsedTime(decidedAt);
                _firer.Fire(new StandbyFire(evidence, orders, OnClosed, decidedAt == 0 ? null : first => _metrics.Fired(waited + first)));
            }
        }
#pragma warning disable CA1031 // Whatever it is, the orders must go: it is tried again.
        catch
#pragma warning restore CA1031
        {
            lock (_lock)
            {
                _invalid++;
                _fireAgainAt = _clock.Now + FireAgain;
            }
        }
    }

    private void OnClosed(OrderHash hash)
    {
        lock (_lock)
        {
            _table.Close(hash);
            _closed.Add(hash);
        }
    }

    private void Fence()
    {
        GenerationFence fence;
        lock (_lock)
        {
            if (_ownFenceId != 0 && !_fencing.IsCompleted)
            {
                return;
            }

            _ownFenceId = FenceIds.New();
            fence = new GenerationFence(_ownFenceId, _fired.Generation, _options.Name, _clock.Provider.GetUtcNow(), _fired);
        }

        _metrics.Fenced(fence.Evidence.Reason);
        Report([]);
        _fencing = _fences.KeepAsync(fence, () => _table.Generation > fence.Generation, _stop.Token);
    }

    private void SendDue()
    {
        AcknowledgeIfDue();
        var now = _clock.Now;
        if (now - _reportedAt >= _options.Beat)
        {
            _reportedAt = now;
            OrderHash[] closed;
            lock (_lock)
            {
                closed = [.. _closed];
                _closed.Clear();
            }

            foreach (var part in closed.Chunk(ReportMessage.MaxOrders))
            {
                Report(part);
            }
        }

        SendStatusIfDue(now);
        RequestRepair(now);
        WriteSnapshotIfDue(now);
    }

    private void AcknowledgeIfDue()
    {
        Span<byte> plain = stackalloc byte[AcknowledgementMessage.Size];
        lock (_lock)
        {
            if (_table.Generation == 0)
            {
                return;
            }

            AcknowledgementMessage message = new(_table.Watermark, _table.Generation, _decision.Fenced, FenceId, CanFire);
            if (!_acknowledgements.TryTake(_clock.Now, message))
            {
                return;
            }

            message.Write(plain);
        }

        _ = _link.TrySend(_sealer, StandbyChannel.Acknowledgement, plain);
    }

    private void Report(ReadOnlySpan<OrderHash> closed)
    {
        var plain = new byte[ReportMessage.HeaderSize + (closed.Length * OrderHash.Size)];
        _ = ReportMessage.Write(plain, _decision.Fenced, FenceId, closed);
        _ = _link.TrySend(_sealer, StandbyChannel.Report, plain);
    }

    /// <summary>Asks for what is missing when it has been so for a while, so that a path which is merely slower may bring it.</summary>
    private void RequestRepair(TimeSpan now)
    {
        Span<SequenceRange> missing = stackalloc SequenceRange[RepairMessage.MaxRanges];
        Span<byte> plain = stackalloc byte[RepairMessage.MaxSize];
        int length;
        lock (_lock)
        {
            var head = Math.Max(_engineHead, _table.Highest);
            if (_table.Watermark >= head || _table.Watermark != _lackingAt)
            {
                _lackingAt = _table.Watermark;
                _repairedAt = now;
                return;
            }

            if (now - _repairedAt < RepairAfter)
            {
                return;
            }

            _repairedAt = now;
            length = RepairMessage.Write(plain, _table.Generation, missing[.._table.Missing(head, missing)]);
        }

        _ = _link.TrySend(_sealer, StandbyChannel.RepairRequest, plain[..length]);
    }

    private void WriteSnapshotIfDue(TimeSpan now)
    {
        lock (_lock)
        {
            if (!_isLoaded || !_snapshotting.IsCompleted || _streamed == 0 || _table.Watermark < _engineHead
                || _reader.Log.Generation != _table.Generation || _reader.Log.IsFenced
                || (_streamed < MaxStreamed && now - _snapshotAt < SnapshotEvery))
            {
                return;
            }

            _snapshotAt = now;
            _streamed = 0;
            _snapshotting = WriteSnapshotAsync(_table.Watermark, [.. _table.Entries]);
        }
    }

    /// <summary>Begun under the lock: what it writes is read before its first wait.</summary>
    private async Task WriteSnapshotAsync(ulong through, ReplicaEntry[] entries)
    {
        try
        {
            await SnapshotWriter.WriteAsync(_link, _sealer, _reader.Log, _reader.Sequence, through, entries, _stop.Token)
                .ConfigureAwait(false);
        }
        catch (Exception e) when (e is StandbyLinkException or OperationCanceledException)
        {
            // The next one is due by size or time.
        }
        finally
        {
            entries.AsSpan().Clear();
        }
    }

    private void Loop()
    {
        while (!_stop.Token.WaitHandle.WaitOne(TickEvery))
        {
            _ = _turns.Run(Tick);
            VerifyBehind();
        }
    }
}
