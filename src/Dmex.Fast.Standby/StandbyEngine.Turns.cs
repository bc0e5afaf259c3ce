using Dmex.Fast.Standby.Events;
using Dmex.Fast.Standby.Generations;
using Dmex.Fast.Standby.Messages;
using Dmex.Fast.Standby.Replication;
using Dmex.Fast.Standby.Sealing;

namespace Dmex.Fast.Standby;

/// <content>What the engine's threads and the link's do.</content>
public sealed partial class StandbyEngine
{
    private const string Ended =
        "The engine's generation ended: a standby or an operator fenced it, or another engine claimed a higher one. The book is latched.";

    private static readonly TimeSpan SendIdle = TimeSpan.FromMilliseconds(1);

    private Thread? _sender;
    private Thread? _beater;
    private int _busyTurns;

    /// <summary>
    /// Whether the caller turns the engine, by <see cref="Send"/> and <see cref="Tick"/>, rather than threads of its own.
    /// </summary>
    internal bool IsTurnedByCaller
    {
        get;
        init
        {
            field = value;
            _waits.Continuations = value ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously;
        }
    }

    /// <summary>Sends what changed since the last call.</summary>
    /// <returns>Whether there was anything.</returns>
    internal bool Send()
    {
        // A latched engine goes on: what it armed until then must reach the standby that fires it.
        if (_life is not { } life)
        {
            return false;
        }

        if (life.NeedsWhole)
        {
            life.HandOverWhole(_book);
        }

        return life.SendLive(_link);
    }

    /// <summary>Beats, and looks whether this engine is guarded: at every beat's interval.</summary>
    internal void Tick()
    {
        var now = _clock.Now;
        bool hasChanged;
        lock (_lock)
        {
            if (_life is not { } life || _isDisposed)
            {
                return;
            }

            if (_clock.Provider.GetElapsedTime(Volatile.Read(ref _pulsedAt)) <= _options.MaxPulseGap)
            {
                life.Beat(_link, _udp, isStopping: false);
            }

            if (_isolation.WantsWitnesses(now))
            {
                _link.AskWitnesses();
            }

            var before = _isolation.Touch;
            var touch = _isolation.Tick(now, _link.WitnessesSince(_clock.ToTimestamp(_isolation.WitnessesFrom)));
            var head = life.Journal.Ring.Head;
            _lagNow = _lag.Sample(now, head, _roster.Best(now));
            _durableLagNow = _durableLag.Sample(now, head, _stream!.Durable);
            var isLagging = _lagNow > _options.MaxReplicationLag;
            hasChanged = touch != before || isLagging != _isLagging;
            _isLagging = isLagging;
        }

        _book.RefuseForLag(_isLagging && _options.OnLag == LagPolicy.Refuse);
        LatchIfDue();
        if (hasChanged)
        {
            Raise();
        }
    }

    private void OnAcknowledgement(ReadOnlySpan<byte> message)
    {
        Span<byte> plain = stackalloc byte[AcknowledgementMessage.Size];
        if (_opener.Open(message, SealedKind.Acknowledgement, plain, out var header, out var length) != OpenResult.Opened
            || !AcknowledgementMessage.TryRead(plain[..length], out var acknowledgement))
        {
            return;
        }

        lock (_lock)
        {
            _heard.Add(acknowledgement.Generation, acknowledged: 0, acknowledgement.Fenced, acknowledgement.FenceId);
            if (_life is not { } life)
            {
                return;
            }

            if (acknowledgement.Fenced >= life.Generation || acknowledgement.Generation > life.Generation)
            {
                EndGeneration(acknowledgement.FenceId, fence: null);
            }

            if (acknowledgement.Generation == life.Generation)
            {
                var now = _clock.Now;
                _roster.Acknowledge(now, header.Sender.Id, acknowledgement.Watermark, acknowledgement.CanFire);
                if (acknowledgement.CanFire)
                {
                    _isolation.Acknowledged(now);
                }

                if (!_waits.IsEmpty)
                {
                    _waits.Complete(sequence => _roster.CountHolding(now, sequence));
                }
            }
        }

        LatchIfDue();
    }

    private void OnRepairRequest(ReadOnlySpan<byte> message)
    {
        Span<byte> plain = stackalloc byte[RepairMessage.MaxSize];
        Span<SequenceRange> missing = stackalloc SequenceRange[RepairMessage.MaxRanges];
        if (_opener.Open(message, SealedKind.RepairRequest, plain, out _, out var length) != OpenResult.Opened || _life is not { } life)
        {
            return;
        }

        var count = RepairMessage.Read(plain[..length], out var generation, missing);
        for (var i = 0; i < count && generation == life.Generation; i++)
        {
            life.Repair(_link, missing[i]);
        }
    }

    private void OnStreamChanged()
    {
        lock (_lock)
        {
            if (_life is { } life && (_reader.Log.Fenced >= life.Generation || _reader.Log.Generation > life.Generation))
            {
                EndGeneration(_reader.Log.FenceId, _reader.Log.Fences.Count > 0 ? _reader.Log.Fences[0] : null);
            }
        }

        LatchIfDue();
    }

    /// <summary>Under the lock: somebody fenced this generation, or claimed a higher one.</summary>
    private void EndGeneration(ulong fenceId, GenerationFence? fence)
    {
        _isolation.Fence();
        _fenceId = fenceId == 0 ? _fenceId : fenceId;
        _fence = fence ?? _fence;
        _waits.Fail(new InvalidOperationException(Ended));
    }

    private void LatchIfDue()
    {
        lock (_lock)
        {
            if (!_isolation.IsLatched || _isLatched)
            {
                return;
            }

            _isLatched = true;
        }

        try
        {
            // Every order: what is armed under a fenced generation may not stay open, and there is always room for this scope.
            _ = _book.Firing.Latch(BookScope.All);
            _book.HandToJournal();
        }
        catch (ObjectDisposedException)
        {
            // Nothing is armed any more.
        }

        Raise();
    }

    private void Raise() => UserHandlers.Raise(Changed, this);

    private void StartThreads()
    {
        if (IsTurnedByCaller)
        {
            return;
        }

        _sender = new Thread(SendLoop) { IsBackground = true, Name = "dmex-standby-send", Priority = ThreadPriority.AboveNormal };
        _beater = new Thread(BeatLoop) { IsBackground = true, Name = "dmex-standby-beat", Priority = ThreadPriority.AboveNormal };
        _sender.Start();
        _beater.Start();
    }

    private void JoinThreads()
    {
        _sender?.Join();
        _beater?.Join();
    }

    /// <summary>
    /// Arming signals nothing: this thread looks every fraction of a millisecond while there is something, and else every
    /// millisecond.
    /// </summary>
    private void SendLoop()
    {
        var hasSent = false;
        void Turn() => hasSent = Send();
        while (!_stop.IsCancellationRequested)
        {
            hasSent = false;
            if (_turns.Run(Turn) && hasSent)
            {
                _busyTurns = 200;
                continue;
            }

            if (_busyTurns > 0 && ShortSleep.TrySleep())
            {
                _busyTurns--;
                continue;
            }

            Thread.Sleep(SendIdle);
        }
    }

    private void BeatLoop()
    {
        while (!_stop.Token.WaitHandle.WaitOne(_options.Beat))
        {
            _ = _turns.Run(Tick);
        }
    }
}
