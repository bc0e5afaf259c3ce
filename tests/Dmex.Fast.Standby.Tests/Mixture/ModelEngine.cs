using Dmex.Fast.Signing;
using Dmex.Fast.Standby.Tests.Support;

namespace Dmex.Fast.Standby.Tests.Mixture;

/// <summary>
/// An engine's process: a real book and the engine's side, and a trading loop that arms an order before it creates it, and takes orders
/// out after it canceled them.
/// </summary>
internal sealed class ModelEngine : IDisposable
{
    private readonly ModelVenue _venue;
    private readonly Random _random;
    private readonly CancelBook _book = TestBook.New(400);
    private int _number;

    public ModelEngine(
        VirtualWorld world, SimulatedCluster cluster, SimulatedHost host, StandbyKey key, ModelVenue venue, Random random, int firstNumber)
    {
        Host = host;
        _venue = venue;
        _random = random;
        _number = firstNumber;
        Link = new SimulatedLink(cluster, host);
        Engine = new StandbyEngine(MixtureScenario.OptionsOf("engine"), key, Link, _book, host) { IsTurnedByCaller = true };
        host.Repeat(TimeSpan.FromMilliseconds(1), () => _ = Engine.Send());
        host.Repeat(MixtureScenario.OptionsOf("engine").Beat, Engine.Tick);
        host.Repeat(TimeSpan.FromMilliseconds(20), Trade);
        _ = world;
    }

    public SimulatedHost Host { get; }

    public SimulatedLink Link { get; }

    public StandbyEngine Engine { get; }

    /// <summary>The next order's number.</summary>
    public int Number => _number;

    /// <summary>The trading loop hangs: it neither trades nor pulses.</summary>
    public bool IsHung { get; set; }

    /// <summary>The trading loop turns, and has nothing to do.</summary>
    public bool IsIdle { get; set; }

    /// <summary>How many orders the book holds.</summary>
    public int Count => _book.Count;

    /// <summary>The orders that the book holds.</summary>
    public IEnumerable<ModelOrder> Orders => _book.ListOrders(BookScope.All).Select(order => _venue.Orders[order.Hash]);

    /// <summary>Ends the book, once no virtual time passes any more.</summary>
    public void Dispose() => _book.Dispose();

    /// <summary>Takes the book of a file that another process had open: what is open, or was armed.</summary>
    public void Load(IEnumerable<OrderHash> orders)
    {
        foreach (var hash in orders)
        {
            _ = _book.Arm(hash, TestBook.Signature(BitConverter.ToInt32(hash.AsSpan())), tag: 1);
        }
    }

    /// <summary>
    /// An operator compares the venue's list with the book: what is closed is forgotten, what the book lacks is canceled.
    /// </summary>
    public void Reconcile()
    {
        foreach (var order in _book.ListOrders(BookScope.All))
        {
            if (!_venue.Orders.TryGetValue(order.Hash, out var known) || known.ClosedAt is not null)
            {
                _ = _book.Forget(order.Hash);
            }
        }

        foreach (var order in _venue.Open.ToArray())
        {
            if (!_book.Firing.Locate(order.Hash).IsThere)
            {
                _venue.Close(order.Hash);
            }
        }
    }

    /// <summary>What is in the book is armed under the present generation.</summary>
    public void NoteGeneration()
    {
        foreach (var order in _book.ListOrders(BookScope.All))
        {
            if (_venue.Orders.TryGetValue(order.Hash, out var known))
            {
                known.Generation = Engine.State.Generation;
                known.IsAcknowledged = false;
            }
        }
    }

    /// <summary>Changes the book twice, and not what it holds.</summary>
    public void ArmAndDisarm(int number)
    {
        _ = _book.Arm(TestBook.Hash(number), TestBook.Signature(number), tag: 1);
        _ = _book.Disarm(TestBook.Hash(number));
    }

    private void Trade()
    {
        if (IsHung)
        {
            return;
        }

        Engine.Pulse();
        var generation = Engine.State.Generation;
        if (generation == 0 || IsIdle)
        {
            return;
        }

        if (_book.Count < 100)
        {
            var hash = TestBook.Hash(++_number);
            var result = _book.Arm(hash, TestBook.Signature(_number), tag: 1);
            _venue.Create(hash, generation);
            if (result is not ArmResult.Armed)
            {
                _venue.Close(hash); // by the engine's own client, whose latch it met
            }
        }

        var orders = _book.ListOrders(BookScope.All);
        if (orders.Count > 20 && _random.Next(2) == 0 && !_book.IsLatched)
        {
            var hash = orders[_random.Next(orders.Count)].Hash;
            _venue.Close(hash);
            _ = _book.Disarm(hash);
        }

        foreach (var order in orders)
        {
            if (_venue.Orders.TryGetValue(order.Hash, out var known) && !known.IsAcknowledged && Engine.IsReplicated(order.Hash))
            {
                known.IsAcknowledged = true;
            }
        }
    }
}
