using Dmex.Fast.Standby.Links;
using Dmex.Fast.Standby.Messages;
using Dmex.Fast.Standby.Replication;
using Dmex.Fast.Standby.Sealing;

namespace Dmex.Fast.Standby.Generations;

/// <summary>
/// One generation of an engine: its key, its ring, and what was sent of it. Thread-safe; sending allocates nothing, and nothing is sent
/// after its end, even for a caller that still asks for it.
/// </summary>
internal sealed class EngineLife : IDisposable
{
    private readonly Lock _lock = new();
    private readonly BatchWriter _writer;
    private readonly byte[] _message = GC.AllocateArray<byte>(ReplicaBatch.MaxSize + SealedHeader.Overhead, pinned: true);
    private ulong _sent;
    private ulong _beats;
    private ulong _floor;
    private volatile bool _needsWhole;
    private bool _isOver;

    /// <param name="claim">The generation.</param>
    /// <param name="sealer">Of this generation; disposed with it.</param>
    /// <param name="claimSequence">Of the claim in the stream.</param>
    /// <param name="capacity">The book's.</param>
    public EngineLife(GenerationRecord claim, MessageSealer sealer, ulong claimSequence, int capacity)
    {
        Claim = claim;
        Sealer = sealer;
        ClaimSequence = claimSequence;
        Journal = new ReplicaJournal(capacity);
        _writer = new BatchWriter(Journal.Ring, claim.Acknowledged);
    }

    /// <summary>The generation.</summary>
    public GenerationRecord Claim { get; }

    /// <summary>Its number.</summary>
    public uint Generation => Claim.Generation;

    /// <summary>Seals what it sends.</summary>
    public MessageSealer Sealer { get; }

    /// <summary>Of the claim in the stream.</summary>
    public ulong ClaimSequence { get; }

    /// <summary>Feeds it.</summary>
    public ReplicaJournal Journal { get; }

    /// <summary>As of <see cref="ReplicaBatch.Floor"/>.</summary>
    public ulong Floor => Volatile.Read(ref _floor);

    /// <summary>Whether somebody lacks records that the ring has lost, so that the whole book must be handed over again.</summary>
    public bool NeedsWhole => _needsWhole;

    /// <summary>A reader of the ring came too late.</summary>
    public void RequestWhole() => _needsWhole = true;

    /// <summary>Hands the whole book over again.</summary>
    public void HandOverWhole(CancelBook book)
    {
        _needsWhole = false;
        var floor = Journal.Ring.Head;
        book.WriteWhole();
        Volatile.Write(ref _floor, floor);
    }

    /// <summary>Sends the next records on the live paths.</summary>
    /// <returns>Whether there were any.</returns>
    public bool SendLive(IStandbyLink link)
    {
        lock (_lock)
        {
            var head = Journal.Ring.Head;
            if (_isOver || _sent >= head)
            {
                return false;
            }

            var count = Send(link, _sent + 1, head);
            if (count == 0)
            {
                // Overtaken by the book. A standby that lacks what was skipped asks for it.
                _sent = Journal.Ring.Tail - 1;
                return true;
            }

            _sent += (ulong)count;
            return true;
        }
    }

    /// <summary>Sends records again.</summary>
    public void Repair(IStandbyLink link, SequenceRange range)
    {
        lock (_lock)
        {
            if (_isOver)
            {
                return;
            }

            var last = Math.Min(range.Last, _sent);
            if (range.First <= Floor || range.First > last)
            {
                // What lies below the floor is not missing: the batch says so.
                _ = range.First <= Floor ? Send(link, Math.Min(Floor + 1, Journal.Ring.Head), Math.Min(Floor + 1, Journal.Ring.Head)) : 0;
                return;
            }

            for (var first = range.First; first <= last;)
            {
                var count = Send(link, first, last);
                if (count == 0)
                {
                    RequestWhole();
                    return;
                }

                first += (ulong)count;
            }
        }
    }

    /// <summary>Sends a beat: the same message over the link and by UDP.</summary>
    public void Beat(IStandbyLink link, UdpBeatSender? udp, bool isStopping)
    {
        Span<byte> plain = stackalloc byte[BeatMessage.Size];
        Span<byte> message = stackalloc byte[BeatMessage.SealedSize];
        lock (_lock)
        {
            if (_isOver)
            {
                return;
            }

            new BeatMessage(++_beats, Journal.Ring.Head, Claim.Acknowledged, isStopping).Write(plain);
            _ = Sealer.Seal(SealedKind.Beat, plain, message);
            _ = link.TrySend(StandbyChannel.Beat, message);
            udp?.Send(message);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _isOver = true;
            Sealer.Dispose();
            _writer.Clear();
        }
    }

    private int Send(IStandbyLink link, ulong first, ulong last)
    {
        var batch = _writer.Make(first, last, Floor, out var count);
        if (count > 0)
        {
            var length = Sealer.Seal(SealedKind.Live, batch, _message);
            _ = link.TrySend(StandbyChannel.Live, _message.AsSpan(0, length));
        }

        return count;
    }
}
