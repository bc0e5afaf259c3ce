using Dmex.Fast.Client;
using Dmex.Fast.Connections;
using Dmex.Fast.Lab.Venues;

namespace Dmex.Fast.Bench.Kernels;

/// <summary>
/// A connection of ours that, while it is told to, pings every millisecond on a clock's thread: what a client does whose
/// <see cref="LivenessOptions.PingInterval"/> is that short.
/// </summary>
internal sealed class PingingConnection : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(1);
    private readonly byte[] _message = new byte[CancelMessage.Length];
    private readonly MessageCounter _counter = new(1);
    private readonly VenueConnection _connection;
    private readonly ClockThread _clock;
    private volatile bool _isPinging;

    public PingingConnection(SinkProcess sink)
    {
        _message.AsSpan().Fill((byte)' ');
        _connection = sink.ConnectVenue(_counter, pingInterval: Interval);
        _clock = new ClockThread("bench-pings", now => _isPinging ? _connection.Tick(now) : long.MaxValue);
        _clock.Start();
    }

    /// <summary>Whether it pings, from a tenth of a second later on.</summary>
    public bool IsPinging
    {
        get => _isPinging;
        set => _isPinging = value;
    }

    /// <summary>Sends one message as long as a cancel.</summary>
    public void Send() => _connection.Send(_message);

    public void Dispose()
    {
        _clock.Dispose();
        _connection.Dispose();
        _counter.Dispose();
    }
}
