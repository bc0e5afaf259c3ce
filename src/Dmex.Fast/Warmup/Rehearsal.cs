using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Warmup;

/// <summary>
/// A client's whole life in memory, before the first order: connections, cancels, arming, panics, answers, the end. It compiles
/// what the first cancel and the first panic of a process would wait for, which are milliseconds otherwise. Nothing leaves
/// the process.
/// </summary>
internal static class Rehearsal
{
    private const int Orders = 256;
    private const int Cancels = 64;
    private const int Panics = 24;
    private const int BuffersPerSize = 16; // for connections that read and write at once, and for who else takes some

    // TLS encrypts into pooled arrays: from those of a single cancel to those of a panic's run of 32 KiB and its overhead.
    private const int SmallestBuffer = 512;
    private const int MaxBuffer = 64 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly Lock Gate = new();
    private static bool _done;

    /// <summary>Takes about half a second the first time, and nothing later. Thread-safe.</summary>
    public static void Once()
    {
        lock (Gate)
        {
            if (_done)
            {
                return;
            }

            _done = true;
            FillPool();

            try
            {
                // While every pool thread is busy it cannot finish. It does so later; starting does not wait for that.
                _ = RunAsync().Wait(Patience);
            }
            catch (AggregateException)
            {
                // A machine too busy to rehearse in time has a slower first cancel, which is no reason not to start.
            }
        }
    }

    private static void FillPool()
    {
        var arrays = new byte[BuffersPerSize][];
        for (var size = SmallestBuffer; size <= MaxBuffer; size *= 2)
        {
            for (var i = 0; i < BuffersPerSize; i++)
            {
                arrays[i] = ArrayPool<byte>.Shared.Rent(size);
            }

            foreach (var array in arrays)
            {
                ArrayPool<byte>.Shared.Return(array);
            }
        }
    }

    /// <summary>Rehearses; whether every cancel and every panic was confirmed.</summary>
    internal static async Task<bool> RunAsync()
    {
        var endpoint = new Uri("wss://localhost");
        using var key = SigningKey.FromBytes([.. Enumerable.Repeat((byte)1, SigningKey.Size)]); // owns nothing, known to all
        using var book = CancelBook.Create(new CancelBookOptions { Capacity = Orders, Endpoint = endpoint }, key);
        var options = new DmexClientOptions { Endpoint = endpoint, Book = book, Liveness = { PongTimeout = TimeSpan.FromMinutes(1) } };
        var venue = new RehearsalVenue();
        var client = await DmexClient.RehearseAsync(options, key, venue).ConfigureAwait(false);
        var orders = new OrderHash[Orders];
        for (var i = 0; i < Orders; i++)
        {
            orders[i] = Hash(i);
        }

        var isConfirmed = true;
        try
        {
            // Answers go to the first connection, which may be made last.
            for (var begun = Stopwatch.GetTimestamp(); !AreReady(client) && Stopwatch.GetElapsedTime(begun) < Patience;)
            {
                await Task.Delay(1).ConfigureAwait(false);
            }

            if (!AreReady(client))
            {
                return false;
            }

            for (var i = 0; i < Cancels; i++)
            {
                var cancel = client.CancelAsync(orders[i], Patience);
                venue.Confirm(orders.AsSpan(i, 1));
                isConfirmed &= (await cancel.ConfigureAwait(false)).Kind == CancelOutcomeKind.Confirmed;
            }

            for (var i = 0; i < Panics; i++)
            {
                var report = await PanicAsync(client, book, venue, orders, i).ConfigureAwait(false);
                isConfirmed &= report.Orders > 0 && report.Confirmed == report.Orders;
            }
        }
        finally
        {
            var closing = client.DisposeAsync();
            venue.End();
            await closing.ConfigureAwait(false);
        }

        return isConfirmed;
    }

    private static bool AreReady(DmexClient client)
    {
        foreach (var connection in client.Connections)
        {
            if (connection.State != ConnectionState.Ready)
            {
                return false;
            }
        }

        return true;
    }

    private static async Task<PanicReport> PanicAsync(
        DmexClient client, CancelBook book, RehearsalVenue venue, OrderHash[] orders, int round)
    {
        var tags = new ulong[Orders];
        for (var i = 0; i < Orders; i++)
        {
            tags[i] = (ulong)(i % 2);
        }

        book.ArmBatch(orders, tags, priority: round % CancelBook.Priorities, new ArmResult[Orders]);
        _ = book.Disarm(orders[0]);
        _ = book.Arm(orders[0], tag: 0);
        foreach (var order in orders)
        {
            _ = book.MarkLive(order);
        }

        // In turn all orders, and a scope of every second and then the rest.
        var panic = client.PanicAsync(round % 2 == 0 ? BookScope.All : new BookScope(1, 1), new PanicOptions { Timeout = Patience });
        venue.Confirm(orders);
        var report = await panic.ConfigureAwait(false);
        book.Reset();
        foreach (var order in orders)
        {
            _ = book.Disarm(order);
        }

        return report;
    }

    private static OrderHash Hash(int number)
    {
        Span<byte> bytes = stackalloc byte[OrderHash.Size];
        bytes.Fill(1); // never all zeros, which is not signed
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        return new OrderHash(bytes);
    }
}
