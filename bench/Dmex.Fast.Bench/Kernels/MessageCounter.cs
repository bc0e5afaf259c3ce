using System.Diagnostics;
using Dmex.Fast.Connections;

namespace Dmex.Fast.Bench.Kernels;

/// <summary>Takes what comes from a connection, and tells when so many messages have come.</summary>
internal sealed class MessageCounter(int count) : IConnectionSink, IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private readonly ManualResetEventSlim _all = new();
    private int _received;
    private long _last;

    /// <summary>Waits for all; returns the time stamp of the last, and begins anew.</summary>
    public long Wait()
    {
        Check.True(_all.Wait(Deadline), "the replies come");
        _all.Reset();
        return _last;
    }

    public void OnMessage(VenueConnection connection, ReadOnlySpan<byte> payload, bool isText)
    {
        if (++_received == count)
        {
            _received = 0;
            _last = Stopwatch.GetTimestamp();
            _all.Set();
        }
    }

    public void OnStateChanged(VenueConnection connection, ConnectionState state)
    {
    }

    public void OnFault(Exception exception)
    {
    }

    public void Dispose() => _all.Dispose();
}
