using System.Globalization;
using Dmex.Fast.Standby.Nats;
using Dmex.Fast.Standby.Tests.Nats;

namespace Dmex.Fast.Standby.Tests.Network;

/// <summary>An engine, standbys and the venue as processes on hosts of their own, on the lab's three servers.</summary>
internal sealed class LabSystem : IDisposable
{
    private readonly NetworkLab _lab;
    private readonly List<LabProcess> _processes = [];
    private readonly List<LabProcess> _standbys = [];
    private readonly int _orders;
    private readonly string _policy;

    private LabSystem(NetworkLab lab, int orders, IsolationPolicy policy)
    {
        _lab = lab;
        _orders = orders;
        _policy = policy.ToString();
        Book = lab.NewBook();
    }

    public string Book { get; }

    public LabProcess Venue { get; private set; } = null!;

    public LabProcess Engine { get; private set; } = null!;

    public IReadOnlyList<LabProcess> Standbys => _standbys;

    private static string VenueUrl => $"ws://{NetworkLab.AddressOf(NetworkLab.Venue)}:{LabVenue.Port}/ws";

    /// <summary>Starts everything, and waits until both standbys hold every order and can fire.</summary>
    /// <param name="lab">The hosts and the servers.</param>
    /// <param name="orders">How many orders the engine arms.</param>
    /// <param name="policy">What a standby does that is alone for long.</param>
    /// <param name="withUdp">Whether the engine beats by UDP too.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<LabSystem> StartAsync(
        NetworkLab lab, int orders, IsolationPolicy policy, bool withUdp, CancellationToken cancellationToken)
    {
        LabSystem system = new(lab, orders, policy);
        try
        {
            var count = Text(orders);
            system.Venue = system.Start(NetworkLab.Venue, "venue", count);
            await system.Venue.WaitForAsync(
                line => LabProcess.Value(line, "open") == orders + LabEngine.ArmedAfterResume, cancellationToken);
            _ = system.StartStandby(NetworkLab.FirstStandby, withUdp);
            _ = system.StartStandby(NetworkLab.SecondStandby, withUdp);
            var engine = lab.ClusterFile(system.Book, NatsStandbyRole.Engine);
            system.Engine = system.Start(NetworkLab.Engine, "engine", engine, VenueUrl, count, withUdp ? LabStandby.Udp : LabStandby.NoUdp);
            await system.Engine.WaitForAsync(line => LabProcess.Value(line, "held") == 1, cancellationToken);
            foreach (var standby in system.Standbys)
            {
                await system.WaitUntilHeldAsync(standby, cancellationToken);
            }

            return system;
        }
        catch
        {
            system.Dispose();
            throw;
        }
    }

    /// <summary>Starts a standby, named as its host.</summary>
    public LabProcess StartStandby(string host, bool withUdp = false)
    {
        var file = _lab.ClusterFile(Book, NatsStandbyRole.Standby);
        var standby = Start(host, "standby", file, VenueUrl, host, _policy, withUdp ? LabStandby.Udp : LabStandby.NoUdp);
        _standbys.Add(standby);
        return standby;
    }

    /// <summary>Waits until a standby holds every order and can fire.</summary>
    public Task<string> WaitUntilHeldAsync(LabProcess standby, CancellationToken cancellationToken) => standby.WaitForAsync(
        line => LabProcess.Value(line, "orders") == _orders && LabProcess.Value(line, "canfire") == 1, cancellationToken);

    public LabProcess Start(string host, params string[] arguments)
    {
        var process = _lab.Start(host, arguments);
        _processes.Add(process);
        return process;
    }

    public void Dispose()
    {
        foreach (var process in _processes)
        {
            process.Dispose();
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
