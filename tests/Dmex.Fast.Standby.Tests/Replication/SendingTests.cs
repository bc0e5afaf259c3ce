using Dmex.Fast.Standby.Generations;
using Dmex.Fast.Standby.Links;
using Dmex.Fast.Standby.Sealing;
using Dmex.Fast.Standby.Tests.Support;
using Xunit;

namespace Dmex.Fast.Standby.Tests.Replication;

public sealed class SendingTests
{
    [Fact]
    public void Arming_sealing_sending_and_beating_allocate_nothing()
    {
        using var key = TestKey.New();
        using var book = TestBook.New(1000);
        var sealer = new MessageSealer(key, "book", SenderRole.Engine, "engine", 1);
        GenerationRecord claim = new(1, 0, book.Account, "wss://venue.test/ws", TimeSpan.FromSeconds(2));
        using var life = new EngineLife(claim, sealer, 1, book.Capacity);
        book.AddJournal(life.Journal);
        var link = new CountingLink();
        var hash = TestBook.Hash(1);
        var signature = TestBook.Signature(1);
        Assert.Equal(0, AllocationMeter.Measure(200, () =>
        {
            _ = book.Arm(hash, signature, 0);
            _ = life.SendLive(link);
            _ = book.Disarm(hash);
            _ = life.SendLive(link);
            life.Beat(link, udp: null, isStopping: false);
        }));
        Assert.Equal(0UL, life.Journal.Ring.Head % 2);
        Assert.True(link.Messages >= 600);
    }

    private sealed class CountingLink : IStandbyLink
    {
        public int Messages { get; private set; }

        public StandbyLinkTraits Traits => default;

        public int TrySend(StandbyChannel channel, ReadOnlySpan<byte> payload) => ++Messages;

        public IDisposable Subscribe(StandbyChannel channel, Action<ReadOnlySpan<byte>> handler) => throw new NotSupportedException();

        public ValueTask<ulong> AppendAsync(
            StandbyStreamKind kind, ReadOnlyMemory<byte> payload, ulong? expectedLast, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public ValueTask<ulong> GetLastSequenceAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

        public IAsyncEnumerable<StandbyStreamRecord> ReadAsync(ulong from, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public ValueTask PurgeBelowAsync(ulong sequence, CancellationToken cancellationToken) => throw new NotSupportedException();

        public void AskWitnesses()
        {
            // Nobody is there.
        }

        public int WitnessesSince(long timestamp) => 0;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
