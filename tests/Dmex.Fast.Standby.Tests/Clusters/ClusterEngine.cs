using Dmex.Fast.Signing;
using Dmex.Fast.Standby.Nats;
using Dmex.Fast.Standby.Tests.Network;
using Dmex.Fast.Standby.Tests.Support;
using Dmex.Fast.Venue;

namespace Dmex.Fast.Standby.Tests.Clusters;

/// <summary>
/// An engine in this process: its orders are armed and open at the venue, and its loop pulses. Disposed, it is dead without a word.
/// </summary>
internal sealed class ClusterEngine : IAsyncDisposable
{
    private readonly NatsStandbyLink _link;
    private readonly StandbyKey _standbyKey;
    private readonly SigningKey _key;
    private readonly Timer _loop;

    private ClusterEngine(string file, Uri venue, int capacity)
    {
        var options = NatsStandbyOptions.Load(file);
        _link = NatsStandbyLink.Open(options);
        _standbyKey = StandbyKey.OpenFile(options.KeyFile!);
        _key = LabVenue.OpenKey();
        Book = CancelBook.Create(new CancelBookOptions { Capacity = capacity, Endpoint = venue }, _key);
        Engine = new StandbyEngine(new StandbyClusterOptions { Name = "engine", Book = options.Book }, _standbyKey, _link, Book);
        _loop = new Timer(_ => Engine.Pulse(), null, 0, 50);
    }

    public CancelBook Book { get; }

    public StandbyEngine Engine { get; }

    /// <summary>Makes one that has not begun.</summary>
    public static ClusterEngine New(string file, SimulatedVenue venue, int capacity = 256) => new(file, venue.Url, capacity);

    /// <summary>Makes one that runs, with orders; every second one has tag 1, the others 2.</summary>
    public static async Task<ClusterEngine> StartAsync(string file, SimulatedVenue venue, int orders)
    {
        var engine = New(file, venue, orders + 16);
        await engine._link.WaitForServersAsync(3, CancellationToken.None);
        await engine.BeginAsync();
        for (var number = 1; number <= orders; number++)
        {
            engine.Open(venue, number);
        }

        return engine;
    }

    /// <summary>Begins, as soon as the stream has a leader.</summary>
    public async Task BeginAsync()
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await Engine.StartAsync();
                return;
            }
            catch (Links.StandbyLinkException) when (attempt < 20)
            {
                await Task.Delay(500);
            }
        }
    }

    public void Open(SimulatedVenue venue, int number)
    {
        _ = Book.Arm(TestBook.Hash(number), tag: (ulong)(1 + (number & 1)));
        venue.OpenOrder(TestBook.Hash(number).AsSpan(), _key.Address.AsSpan());
        _ = Book.MarkLive(TestBook.Hash(number));
    }

    public async ValueTask DisposeAsync()
    {
        await _loop.DisposeAsync();
        await Engine.DisposeAsync();
        Book.Dispose();
        await _link.DisposeAsync();
        _standbyKey.Dispose();
        _key.Dispose();
    }
}
