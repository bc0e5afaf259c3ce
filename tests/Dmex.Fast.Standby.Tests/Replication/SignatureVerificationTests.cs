using Dmex.Fast.Signing;
using Dmex.Fast.Standby.Messages;
using Dmex.Fast.Standby.Replication;
using Dmex.Fast.Standby.Tests.Mixture;
using Dmex.Fast.Standby.Tests.Support;
using Xunit;

namespace Dmex.Fast.Standby.Tests.Replication;

/// <summary>What a standby does with signatures: it holds and fires whatever came, and verifies behind.</summary>
public sealed class SignatureVerificationTests
{
    private const int Orders = 40;
    private const int Wrong = 7;

    [Fact]
    public async Task An_order_whose_signature_is_not_the_accounts_is_counted_told_and_fired_nevertheless()
    {
        using var guard = new SimulatedGuard();
        using var key = SigningKey.FromBytes([.. Enumerable.Repeat((byte)0x31, SigningKey.Size)]);
        using var book = TestBook.New(100, key.Address);
        var (_, service, firer) = guard.StartStandby("s1");
        var (host, engine) = guard.StartEngine(book);
        Arm(book, key);
        guard.RunFor(seconds: 0.2);
        Assert.Equal((Orders, Orders, 0), Counts(service)); // usable before anything is verified
        Assert.True(engine.IsReplicated(TestBook.Hash(Wrong)));
        service.Verify();
        Assert.InRange(service.State.Unverified, 1, Orders - 1); // a part a turn
        for (var i = 0; i < 5; i++)
        {
            service.Verify();
        }

        Assert.Equal((Orders, 0, 1), Counts(service));
        Assert.Equal(1, service.State.Invalid);
        var status = new byte[StatusMessage.MaxSize];
        var length = StatusMessage.Write(status, "s1", servers: 3, isDryRun: false, service.State);
        Assert.Equal(1, StatusMessage.Read(status.AsSpan(0, length), TimeSpan.Zero)!.InvalidSignatures);
        host.Kill();
        guard.RunFor(seconds: 3);
        Assert.Equal(Orders, Assert.Single(firer.Fires).Orders);
        await guard.EndAsync(engine);
    }

    [Fact]
    public async Task A_standby_verifies_behind_by_itself()
    {
        using var key = TestKey.New();
        using var signing = SigningKey.FromBytes([.. Enumerable.Repeat((byte)0x31, SigningKey.Size)]);
        using var book = TestBook.New(100, signing.Address);
        var hub = new MemoryHub();
        using var guard = new SimulatedGuard();
        var firer = new ModelFirer(guard.World, guard.NewHost(), new ModelVenue(guard.World));
        var options = MixtureScenario.OptionsOf("s1");
        await using var service = new StandbyService(options, key, new MemoryLink(hub), firer);
        await using var engine = new StandbyEngine(MixtureScenario.OptionsOf("engine"), key, new MemoryLink(hub), book);
        using var pulse = new Timer(_ => engine.Pulse(), null, 0, 20);
        service.Start();
        await engine.StartAsync();
        Arm(book, signing);
        for (var i = 0; i < 500 && Counts(service) != (Orders, 0, 1); i++)
        {
            await Task.Delay(20);
        }

        Assert.Equal((Orders, 0, 1), Counts(service));
    }

    [Fact]
    public void A_signature_is_verified_once_and_again_when_it_changes()
    {
        using var book = TestBook.New(10);
        var journal = new ReplicaJournal(book.Capacity);
        book.AddJournal(journal);
        var table = new ReplicaTable();
        table.Begin(1, 0);
        var taken = new ReplicaEntry[4];
        _ = book.Arm(TestBook.Hash(1), TestBook.Signature(1), tag: 1);
        Deliver();
        Assert.Equal((1, 1), (table.Unverified, table.TakeUnverified(taken)));
        Assert.True(table.NoteVerified(taken[0], isValid: false));
        Assert.False(table.NoteVerified(taken[0], isValid: false));
        Assert.Equal((0, 1), (table.Unverified, table.InvalidSignatures));

        // Another tag, the same signature.
        _ = book.Arm(TestBook.Hash(1), TestBook.Signature(1), tag: 2);
        Deliver();
        Assert.Equal((0, 1, 0), (table.Unverified, table.InvalidSignatures, table.TakeUnverified(taken)));

        // Another signature; and the answer about one that was replaced meanwhile says nothing of the new one.
        _ = book.Disarm(TestBook.Hash(1));
        _ = book.Arm(TestBook.Hash(1), TestBook.Signature(2), tag: 2);
        Deliver();
        Assert.Equal((1, 0, 1), (table.Unverified, table.InvalidSignatures, table.TakeUnverified(taken)));
        _ = book.Disarm(TestBook.Hash(1));
        _ = book.Arm(TestBook.Hash(1), TestBook.Signature(3), tag: 2);
        Deliver();
        Assert.False(table.NoteVerified(taken[0], isValid: false));
        Assert.Equal((1, 0), (table.Unverified, table.InvalidSignatures));

        // What is gone is not verified, and does not count.
        _ = book.Disarm(TestBook.Hash(1));
        Deliver();
        Assert.Equal((0, 0, 0), (table.Unverified, table.InvalidSignatures, table.TakeUnverified(taken)));

        void Deliver() => Assert.True(table.Apply(
            1, new BatchWriter(journal.Ring).Make(table.Watermark + 1, journal.Ring.Head, 0, out _), armed: null));
    }

    [Fact]
    public void What_comes_and_goes_unverified_takes_no_room_and_hides_nothing()
    {
        using var book = TestBook.New(10);
        var journal = new ReplicaJournal(book.Capacity);
        book.AddJournal(journal);
        var table = new ReplicaTable();
        table.Begin(1, 0);
        _ = book.Arm(TestBook.Hash(1), TestBook.Signature(1), tag: 1);
        var writer = new BatchWriter(journal.Ring);
        for (var number = 2; number < 20_000; number++)
        {
            _ = book.Arm(TestBook.Hash(number), TestBook.Signature(number), tag: 1);
            _ = book.Disarm(TestBook.Hash(number));
            Assert.True(table.Apply(1, writer.Make(table.Watermark + 1, journal.Ring.Head, 0, out _), armed: null));
        }

        var taken = new ReplicaEntry[4];
        Assert.Equal((1, 1), (table.Unverified, table.TakeUnverified(taken)));
        Assert.Equal(TestBook.Hash(1), taken[0].Record.Hash);
        Assert.Equal(0, table.TakeUnverified(taken));
    }

    private static void Arm(CancelBook book, SigningKey key)
    {
        using var signer = new OrderSigner(key);
        for (var number = 1; number <= Orders; number++)
        {
            signer.Sign(TestBook.Hash(number), out var signature);
            Assert.Equal(ArmResult.Armed, book.Arm(TestBook.Hash(number), number == Wrong ? TestBook.Signature(1) : signature, tag: 1));
        }
    }

    private static (int Orders, int Unverified, int Invalid) Counts(StandbyService service) =>
        (service.State.Orders, service.State.Unverified, service.State.InvalidSignatures);
}
