using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using Dmex.Fast.Lab.Venues;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Lab.Drills;

/// <summary>
/// The engine of a drill, in a process of its own: arms orders with a key of its own making, pulses every millisecond, and does what its
/// standard input says. It tells, a line each: account, armed, hanging, fenced, resumed, closed.
/// </summary>
internal static class DrillEngine
{
    /// <summary>Stops pulsing, with everything else alive.</summary>
    public const string Hang = "hang";

    /// <summary>Pulses again, until the fence is found.</summary>
    public const string GoOn = "go on";

    /// <summary>Resumes from the fence that was found, and arms again at once.</summary>
    public const string Resume = "resume";

    /// <summary>Closes the client.</summary>
    public const string Close = "close";

    /// <summary>Runs until it is closed, or its input ends.</summary>
    /// <param name="folder">Where the orders are, and book and page come to be.</param>
    /// <param name="venue">Where the orders are open.</param>
    /// <param name="roots">The venue's certificate; null for a venue without TLS.</param>
    /// <param name="ttl">How much silence a standby allows it.</param>
    /// <param name="input">What to do.</param>
    /// <param name="output">What was done.</param>
    public static async Task RunAsync(
        DrillFolder folder, Uri venue, X509Certificate2Collection? roots, TimeSpan ttl, TextReader input, TextWriter output)
    {
        var secret = new byte[SigningKey.Size];
        using var key = MeasuringRig.CreateKey(secret);
        Array.Clear(secret);
        output.WriteLine($"account {key.Address}");
        var orders = folder.ReadOrders();
        using var book = CancelBook.CreateFile(folder.Book, new CancelBookOptions { Capacity = orders.Length, Endpoint = venue }, key);
        Arm(book, orders);
        var options = new DmexClientOptions
        {
            Endpoint = venue,
            Book = book,
            Transport = { TrustRoots = roots },
            Standby = { BeatPage = folder.Page, Ttl = ttl },
        };
        await using var client = await DmexClient.ConnectAsync(options, key);
        client.StandbyFired += (_, fired) => output.WriteLine($"fenced {fired.Fence.Id:x16}");
        var loop = new TradingLoop(client);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"armed {book.Count}"));
        while (await input.ReadLineAsync() is { } order && !string.Equals(order, Close, StringComparison.Ordinal))
        {
            switch (order)
            {
                case Hang:
                    output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"hanging {loop.Hang()}"));
                    break;
                case GoOn:
                    loop.GoOn();
                    break;
                case Resume:
                    await client.ResumeAsync(client.Fence!.Value.Id);
                    Arm(book, orders);
                    output.WriteLine("resumed");
                    break;
            }
        }

        loop.Dispose();
        await client.DisposeAsync();
        output.WriteLine("closed");
    }

    private static void Arm(CancelBook book, OrderHash[] orders)
    {
        _ = book.ArmBatch(orders, new ulong[orders.Length], priority: 0, new ArmResult[orders.Length]);
        Array.ForEach(orders, order => _ = book.MarkLive(order));
    }

    /// <summary>A loop as an engine's, that only pulses.</summary>
    private sealed class TradingLoop : IDisposable
    {
        private readonly DmexClient _client;
        private readonly ManualResetEventSlim _runs = new(true);
        private readonly Thread _thread;
        private long _pulsedAt;
        private volatile bool _isHanging;
        private volatile bool _isOver;

        public TradingLoop(DmexClient client)
        {
            _client = client;
            _ = client.Pulse();
            _thread = new Thread(Run) { IsBackground = true, Name = "drill-loop" };
            _thread.Start();
        }

        public long Hang()
        {
            _runs.Reset();
            while (!_isHanging)
            {
                Thread.Sleep(1);
            }

            return Volatile.Read(ref _pulsedAt);
        }

        public void GoOn() => _runs.Set();

        public void Dispose()
        {
            _isOver = true;
            _runs.Set();
            _thread.Join();
            _runs.Dispose();
        }

        private void Run()
        {
            while (!_isOver)
            {
                _isHanging = !_runs.IsSet;
                _runs.Wait();
                Volatile.Write(ref _pulsedAt, Stopwatch.GetTimestamp());
                _ = _client.Pulse();
                Thread.Sleep(1);
            }
        }
    }
}
