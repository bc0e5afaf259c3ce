using System.Diagnostics;
using System.Globalization;
using Dmex.Fast.Bench.Kernels;
using Dmex.Fast.Book.Storage;
using Dmex.Fast.Signing;
using Dmex.Fast.Standby;
using Dmex.Fast.Standby.Replication;
using Dmex.Fast.Standby.Sealing;

namespace Dmex.Fast.Bench.Standbys;

/// <summary>
/// Measures what the last chapter of docs/standby.md counts with: bytes on the wire, nanoseconds a record, memory an order, and what
/// replication costs the thread that arms. Its exit code is 1 when that is more than it may be.
/// </summary>
internal static class StandbyCommand
{
    public const string Name = "standby";

    private const int Orders = 10_000;
    private const int Rounds = 15;
    private const double MaxArmNanoseconds = 150;

    private static readonly Uri Endpoint = new("wss://venue.example/ws");
    private static readonly EthereumAddress Account = EthereumAddress.Parse("0x00000000000000000000000000000000000000aa");

    public static int Run()
    {
        using var key = NewKey();
        using var sealer = new MessageSealer(key, "bench", SenderRole.Engine, "engine", generation: 1);
        using var opener = new MessageOpener(key, "bench");
        var journal = new ReplicaJournal(Orders);
        Fill(journal);
        Row("an arm in a batch", ReplicaRecord.ArmSize, "B");
        Row("a disarm in a batch", ReplicaRecord.RemovalSize, "B");
        Row("a sealed message's overhead, with the batch's header", SealedHeader.Overhead + ReplicaBatch.HeaderSize, "B");
        Row("an arm alone in its message", ReplicaRecord.ArmSize + SealedHeader.Overhead + ReplicaBatch.HeaderSize, "B");
        Row("records in a full batch", ReplicaBatch.MaxCount, "");
        MeasureRecords(journal, sealer, opener);
        MeasureMemory(journal);
        return MeasureArming() ? 0 : 1;
    }

    private static void MeasureRecords(ReplicaJournal journal, MessageSealer sealer, MessageOpener opener)
    {
        var writer = new BatchWriter(journal.Ring);
        var message = new byte[ReplicaBatch.MaxSize + SealedHeader.Overhead];
        var plain = new byte[ReplicaBatch.MaxSize];
        var head = journal.Ring.Head;
        var batch = writer.Make(1, head, 0, out var count).ToArray();
        Row("encoding a record into a batch", Fastest(() => writer.Make(1, head, 0, out _)) / count, "ns");
        Row("sealing a record of a full batch", Fastest(() => sealer.Seal(SealedKind.Batch, batch, message)) / count, "ns");
        var one = writer.Make(1, 1, 0, out _).ToArray();
        Row("sealing a record alone", Fastest(() => sealer.Seal(SealedKind.Batch, one, message)), "ns");
        var messages = Enumerable.Range(0, Rounds + 5).Select(_ =>
        {
            var sealedBatch = new byte[batch.Length + SealedHeader.Overhead];
            _ = sealer.Seal(SealedKind.Batch, batch, sealedBatch);
            return sealedBatch;
        }).ToArray();
        var next = 0;
        Row(
            "opening a record of a full batch",
            Fastest(() => Require(opener.Open(messages[next++], SealedKind.Batch, plain, out _, out _) == OpenResult.Opened)) / count,
            "ns");
        Row("taking a record into a standby's table", Fastest(() => Require(new ReplicaTable().Apply(1, batch, null))) / count, "ns");
        Row("verifying an order's signature at a standby", Fastest(NewVerification()) / Sample.Count, "ns");
    }

    private static Action NewVerification()
    {
        using var key = SigningKey.FromBytes(Sample.KeyBytes);
        using var signer = new OrderSigner(key);
        var account = key.Address;
        var signatures = new Signature[Sample.Count];
        for (var i = 0; i < Sample.Count; i++)
        {
            signer.Sign(in Sample.Hashes[i], out signatures[i]);
        }

        return () =>
        {
            for (var i = 0; i < Sample.Count; i++)
            {
                Require(SignatureVerifier.Verify(in Sample.Hashes[i], in signatures[i], account));
            }
        };
    }

    private static void MeasureMemory(ReplicaJournal journal)
    {
        var writer = new BatchWriter(journal.Ring);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var table = new ReplicaTable();
        for (ulong first = 1; first <= journal.Ring.Head;)
        {
            Require(table.Apply(1, writer.Make(first, journal.Ring.Head, 0, out var count), null));
            first += (ulong)count;
        }

        Row("memory an order at a standby", (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)Orders, "B");
        GC.KeepAlive(table);
        before = GC.GetTotalMemory(forceFullCollection: true);
        var engine = new ReplicaJournal(Orders);
        Row("memory of an engine's ring and its slots", (GC.GetTotalMemory(forceFullCollection: true) - before) / 1e6, "MB");
        GC.KeepAlive(engine);
    }

    /// <returns>Whether replication costs the arming thread no more than it may.</returns>
    private static bool MeasureArming()
    {
        using var alone = NewBook();
        using var replicated = NewBook();
        var journal = new ReplicaJournal(Orders);
        replicated.AddJournal(journal);
        var signatures = Sample.Hashes.Select((_, i) => SignatureOf(i)).ToArray();
        _ = ArmAndDisarm(alone, signatures);
        _ = ArmAndDisarm(replicated, signatures);
        var (without, with, bytes) = (double.MaxValue, double.MaxValue, long.MaxValue);
        for (var round = 0; round < 5 * Rounds; round++)
        {
            // By turns, so that both meet the same machine.
            without = Math.Min(without, ArmAndDisarm(alone, signatures));
            var allocated = GC.GetAllocatedBytesForCurrentThread();
            with = Math.Min(with, ArmAndDisarm(replicated, signatures));
            bytes = Math.Min(bytes, GC.GetAllocatedBytesForCurrentThread() - allocated);
        }

        replicated.RemoveJournal(journal);
        var cost = (with - without) / 2;
        Row("arming without a standby (arm and disarm, halved)", without / 2, "ns");
        Row("what a standby costs the arming thread a change", cost, "ns");
        Row("what a standby allocates on the arming thread", bytes, "B");
        var isWithin = cost <= MaxArmNanoseconds && bytes == 0;
        Console.WriteLine(isWithin ? "within 150 ns and 0 B a change" : "MORE than 150 ns or 0 B a change");
        return isWithin;
    }

    private static double ArmAndDisarm(CancelBook book, Signature[] signatures)
    {
        const int Turns = 20;
        var begun = Stopwatch.GetTimestamp();
        for (var turn = 0; turn < Turns; turn++)
        {
            for (var i = 0; i < Sample.Count; i++)
            {
                _ = book.Arm(in Sample.Hashes[i], in signatures[i], 1);
            }

            for (var i = 0; i < Sample.Count; i++)
            {
                _ = book.Disarm(in Sample.Hashes[i]);
            }
        }

        return Stopwatch.GetElapsedTime(begun).TotalNanoseconds / (Turns * Sample.Count);
    }

    /// <summary>The least time of several rounds in nanoseconds: what the machine adds it does not take away.</summary>
    private static double Fastest(Action action)
    {
        var least = double.MaxValue;
        for (var i = 0; i < Rounds; i++)
        {
            var begun = Stopwatch.GetTimestamp();
            action();
            least = Math.Min(least, Stopwatch.GetElapsedTime(begun).TotalNanoseconds);
        }

        return least;
    }

    private static void Fill(ReplicaJournal journal)
    {
        using var book = NewBook();
        book.AddJournal(journal);
        Span<byte> hash = stackalloc byte[OrderHash.Size];
        hash.Fill(0x5a);
        for (var i = 0; i < Orders; i++)
        {
            _ = BitConverter.TryWriteBytes(hash, i);
            _ = book.Arm(new OrderHash(hash), SignatureOf(i), 1);
        }

        book.RemoveJournal(journal);
    }

    private static Signature SignatureOf(int number)
    {
        Span<byte> bytes = stackalloc byte[Signature.Size];
        bytes.Fill(0x21);
        _ = BitConverter.TryWriteBytes(bytes, number);
        return new Signature(bytes, 27 + (number & 1));
    }

    private static CancelBook NewBook() => CancelBook.Create(
        new CancelBookOptions { Capacity = Orders, Account = Account, Endpoint = Endpoint, VerifyArmed = false });

    private static StandbyKey NewKey()
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        StandbyKey.CreateFile(path);
        try
        {
            return StandbyKey.OpenFile(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static void Require(bool holds)
    {
        if (!holds)
        {
            throw new InvalidOperationException("What is measured does not work.");
        }
    }

    private static void Row(string what, double value, string unit) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what,-54} {value,10:0.##} {unit}"));
}
