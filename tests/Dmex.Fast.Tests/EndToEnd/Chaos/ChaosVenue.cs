using System.Diagnostics;
using Dmex.Fast.Signing;
using Dmex.Fast.Tests.Support;
using Dmex.Fast.Venue;

namespace Dmex.Fast.Tests.EndToEnd.Chaos;

/// <summary>
/// The venue of a scenario, through its restarts: what it held before, it holds after. Changed by one caller at a time; the
/// transcript is that of all its lives.
/// </summary>
internal sealed class ChaosVenue : IAsyncDisposable
{
    private static readonly TimeSpan PortPatience = Wait.Long;

    private readonly OrderHash[] _hashes;
    private readonly byte[] _owner;
    private readonly HashSet<int> _known = [];
    private readonly HashSet<int> _ofAnother = [];
    private readonly List<VenueCancelRecord> _earlier = [];
    private readonly List<Task> _underWay = [];
    private readonly Dictionary<int, long> _operatorCancels = [];
    private SimulatedVenue _venue;
    private long _earlierViolations;

    private ChaosVenue(SimulatedVenue venue, OrderHash[] hashes, EthereumAddress owner)
    {
        _venue = venue;
        _hashes = hashes;
        _owner = Convert.FromHexString(owner.ToString().AsSpan(2));
    }

    public SimulatedVenue Current => _venue;

    /// <summary>When the operator canceled an order; the event that says so counts as a confirmation.</summary>
    public IReadOnlyDictionary<int, long> OperatorCancels => _operatorCancels;

    public int Restarts { get; private set; }

    public static async Task<ChaosVenue> StartAsync(VenueOptions options, OrderHash[] hashes, EthereumAddress owner) =>
        new(await SimulatedVenue.StartAsync(options), hashes, owner);

    public void Open(int order, bool ofAnother = false)
    {
        if (_known.Add(order))
        {
            _ = ofAnother && _ofAnother.Add(order);
            OpenAtCurrent(order);
        }
    }

    public VenueOrderState? State(int order) => _venue.GetState(_hashes[order].AsSpan());

    public async Task DoAsync(ChaosStep step)
    {
        switch (step.Deed)
        {
            case ChaosDeed.SetFaults:
                _venue.Faults = step.Faults!;
                break;
            case ChaosDeed.ResetConnections:
                _venue.ResetConnections();
                break;
            case ChaosDeed.CloseConnections:
                _underWay.Add(_venue.CloseConnectionsAsync(1012, "chaos"));
                break;
            case ChaosDeed.Restart:
                await RestartAsync();
                break;
            case ChaosDeed.Mention:
                _underWay.Add(_venue.SendToAllAsync(
                    $$"""{"op":"order_update","data":{"order_hash":"{{_hashes[0]}}","status":"open"},"note":"not canceled"}"""));
                break;
            case ChaosDeed.OpenLate:
                Open(step.Order);
                break;
            case ChaosDeed.Fill:
                _ = _venue.FillOrder(_hashes[step.Order].AsSpan());
                break;
            default:
                var before = Stopwatch.GetTimestamp();
                if (_venue.MarkCanceledOnVenue(_hashes[step.Order].AsSpan()))
                {
                    _operatorCancels[step.Order] = before;
                }

                break;
        }
    }

    /// <summary>All messages of all lives, and how many signatures were found wrong, of orders that are ours.</summary>
    public async Task<(IReadOnlyList<VenueCancelRecord> Records, long Violations)> AccountAsync()
    {
        await _venue.WaitUntilVerifiedAsync();
        return ([.. _earlier, .. _venue.Transcript], _earlierViolations + OurViolations());
    }

    public async ValueTask DisposeAsync()
    {
        await _venue.DisposeAsync();
        await Task.WhenAll(_underWay);
    }

    private async Task RestartAsync()
    {
        Restarts++;
        var old = _venue;
        await old.WaitUntilVerifiedAsync();
        await old.DisposeAsync();
        _earlier.AddRange(old.Transcript);
        _earlierViolations += OurViolations();
        var options = old.Options with
        {
            Port = old.Url.Port,
            Faults = old.Faults with { StopReading = false, RefuseHandshake = new VenueRefusal() },
        };
        _venue = await RebindAsync(options);
        foreach (var order in _known)
        {
            OpenAtCurrent(order);
            var hash = _hashes[order].AsSpan();
            _ = old.GetState(hash) switch
            {
                VenueOrderState.Filled => _venue.FillOrder(hash),
                VenueOrderState.Canceled => _venue.MarkCanceledOnVenue(hash),
                _ => false,
            };
        }

        // Only now may clients come: before, the venue does not know its orders.
        _venue.Faults = old.Faults;
    }

    private static async Task<SimulatedVenue> RebindAsync(VenueOptions options)
    {
        var begun = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                return await SimulatedVenue.StartAsync(options);
            }
            catch (IOException) when (Stopwatch.GetElapsedTime(begun) < PortPatience)
            {
                // Another test has been given the port for a while.
                await Task.Delay(20);
            }
        }
    }

    private void OpenAtCurrent(int order) =>
        _venue.OpenOrder(_hashes[order].AsSpan(), _ofAnother.Contains(order) ? new byte[_owner.Length] : _owner);

    private long OurViolations() => _venue.Violations.Count(violation => !_ofAnother.Any(
        order => string.Equals(violation.Hash.ToString(), _hashes[order].ToString(), StringComparison.Ordinal)));
}
