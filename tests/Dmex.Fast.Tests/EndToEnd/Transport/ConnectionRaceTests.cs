using System.Net;
using System.Net.Sockets;
using Dmex.Fast.Tests.Support;
using Dmex.Fast.Transport;
using Xunit;

namespace Dmex.Fast.Tests.EndToEnd.Transport;

public sealed class ConnectionRaceTests : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly SaturatedListener _silent = new();

    public ConnectionRaceTests() => _listener.Start();

    private IPEndPoint Good => (IPEndPoint)_listener.LocalEndpoint;

    private IPEndPoint Silent => new(IPAddress.Loopback, _silent.Port);

    public void Dispose()
    {
        _listener.Dispose();
        _silent.Dispose();
    }

    /// <summary>The bound of the test is minutes, so that only an attempt that waits for the silent address to the end fails it.</summary>
    [Fact]
    public void A_silent_first_address_is_not_waited_for()
    {
        var budget = new ConnectBudget("venue.example", Wait.Long, default);
        using var race = new ConnectionRace("venue.example:1", [Silent, Good], new TransportOptions(), budget);
        var (socket, winner) = race.Run();
        using (socket)
        {
            Assert.Equal(Good, winner);
            Assert.True(budget.Remaining > Wait.Long / 2);
        }

        Assert.Equal(TimeSpan.FromMilliseconds(250), ConnectionRace.Stagger); // RFC 8305 §8
    }

    [Fact]
    public void A_refused_first_address_hands_over_at_once_and_all_answers_are_told_when_none_accepts()
    {
        var refusing = new IPEndPoint(IPAddress.Loopback, 1);
        using (var race = new ConnectionRace("venue.example:1", [refusing, refusing, Good], new TransportOptions(), Budget(Wait.Long)))
        {
            var (socket, winner) = race.Run();
            socket.Dispose();
            Assert.Equal(Good, winner);
        }

        using var lost = new ConnectionRace("venue.example:1", [refusing, refusing], new TransportOptions(), Budget(Wait.Long));
        var error = Assert.Throws<TransportException>(() => lost.Run());
        Assert.Equal(TransportFailure.Connect, error.Failure);
        Assert.StartsWith("venue.example:1: no connection (127.0.0.1: ", error.Message, StringComparison.Ordinal);
        Assert.Equal(2, error.Message.Split("127.0.0.1").Length - 1);
    }

    [Fact]
    public void Silent_addresses_end_with_the_budget_which_names_them()
    {
        using var race = new ConnectionRace(
            "venue.example:1", [Silent, Silent], new TransportOptions(), Budget(TimeSpan.FromMilliseconds(600)));
        var error = Assert.Throws<TransportException>(() => race.Run());
        Assert.Equal(TransportFailure.Timeout, error.Failure);
        Assert.Contains(Silent.ToString(), error.Message, StringComparison.Ordinal);
    }

    private static ConnectBudget Budget(TimeSpan timeout) => new("venue.example", timeout, default);
}
