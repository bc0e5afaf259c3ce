using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Dmex.Fast.Standby.Links;
using Dmex.Fast.Standby.Nats;

namespace Dmex.Fast.Standby.Tests.Network;

/// <summary>
/// Arm to visible, over the link alone: records of 112 bytes at a rate, taken every 200 microseconds in batches as a replicator takes
/// them, sent live and appended as well; a standby in another process on this machine notes the age of each when it first sees it.
/// </summary>
internal static class LinkLatency
{
    private const int RecordBytes = 112;
    private const int MaxRecords = 256;
    private const int MaxAppendBytes = 64 << 10;
    private static readonly TimeSpan Warmup = TimeSpan.FromSeconds(3);

    public static async Task ArmAsync(string file, int rate, int seconds, CancellationToken cancellationToken)
    {
        await using var link = NatsStandbyLink.Open(NatsStandbyOptions.Load(file));
        await link.WaitForServersAsync(3, cancellationToken);
        var toKeep = new BlockingCollection<byte[]>();
        var keeping = KeepAsync(link, toKeep, cancellationToken);
        var started = Stopwatch.GetTimestamp();
        var sent = 0L;
        var allocated = GC.GetTotalAllocatedBytes();
        var sender = new Thread(() =>
        {
            var batch = new byte[MaxRecords * RecordBytes];
            while (Stopwatch.GetElapsedTime(started).TotalSeconds < seconds && !cancellationToken.IsCancellationRequested)
            {
                var due = (long)(Stopwatch.GetElapsedTime(started).TotalSeconds * rate);
                var count = (int)Math.Min(due - sent, MaxRecords);
                for (var i = 0; i < count; i++)
                {
                    // A record's age counts from when it was due, so that a sender that lags hides nothing.
                    sent++;
                    var at = batch.AsSpan(i * RecordBytes);
                    BinaryPrimitives.WriteInt64LittleEndian(at, sent);
                    BinaryPrimitives.WriteInt64LittleEndian(at[8..], started + (long)(sent * (double)Stopwatch.Frequency / rate));
                }

                if (count > 0)
                {
                    _ = link.TrySend(StandbyChannel.Live, batch.AsSpan(0, count * RecordBytes));
                    toKeep.Add(batch.AsSpan(0, count * RecordBytes).ToArray(), cancellationToken);
                }

                Thread.Sleep(TimeSpan.FromMicroseconds(200));
            }
        });
        sender.Start();
        await Task.Run(sender.Join, cancellationToken);
        toKeep.CompleteAdding();
        var kept = await keeping;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"sent={sent} kept={kept} allocated={GC.GetTotalAllocatedBytes() - allocated} gen0={GC.CollectionCount(0)}"));
    }

    public static async Task SeeAsync(string file, int seconds, CancellationToken cancellationToken)
    {
        await using var link = NatsStandbyLink.Open(NatsStandbyOptions.Load(file));
        await link.WaitForServersAsync(3, cancellationToken);
        var ages = new List<long>(1 << 20);
        var highest = 0L;
        var missed = 0L;
        var first = 0L;
        var gate = new Lock();
        using var subscription = link.Subscribe(StandbyChannel.Live, payload =>
        {
            var now = Stopwatch.GetTimestamp();
            lock (gate)
            {
                first = first == 0 ? now : first;
                for (; payload.Length >= RecordBytes; payload = payload[RecordBytes..])
                {
                    var number = BinaryPrimitives.ReadInt64LittleEndian(payload);
                    if (number <= highest)
                    {
                        continue;
                    }

                    missed += highest == 0 ? 0 : number - highest - 1; // the first seen is where the subscription began
                    highest = number;
                    if (Stopwatch.GetElapsedTime(first, now) > Warmup)
                    {
                        ages.Add(now - BinaryPrimitives.ReadInt64LittleEndian(payload[8..]));
                    }
                }
            }
        });
        await Task.Delay(TimeSpan.FromSeconds(seconds), cancellationToken);
        lock (gate)
        {
            ages.Sort();
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"seen={highest} missed={missed} counted={ages.Count} p50={At(.5):F0} p90={At(.9):F0} p99={At(.99):F0} max={At(1):F0} us"));
            double At(double part) =>
                ages.Count == 0 ? 0 : ages[(int)Math.Min(ages.Count - 1, part * ages.Count)] * 1e6 / Stopwatch.Frequency;
        }
    }

    private static async Task<long> KeepAsync(NatsStandbyLink link, BlockingCollection<byte[]> batches, CancellationToken cancellationToken)
    {
        var last = await link.GetLastSequenceAsync(cancellationToken);
        var kept = 0L;
        await Task.Yield();
        while (!batches.IsCompleted)
        {
            var message = new List<byte>();
            while (message.Count < MaxAppendBytes - (MaxRecords * RecordBytes)
                && batches.TryTake(out var batch, message.Count == 0 ? 20 : 0, cancellationToken))
            {
                message.AddRange(batch);
            }

            if (message.Count > 0)
            {
                last = await link.AppendAsync(StandbyStreamKind.Batch, message.ToArray(), last, cancellationToken);
                kept += message.Count / RecordBytes;
            }
        }

        return kept;
    }
}
