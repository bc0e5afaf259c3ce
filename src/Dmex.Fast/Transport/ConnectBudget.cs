using System.Diagnostics;

namespace Dmex.Fast.Transport;

/// <summary>The time and the token that bound connecting. Checked between short waits, so that no timer is needed.</summary>
internal sealed class ConnectBudget
{
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly TimeSpan _timeout;
    private readonly string _host;
    private readonly CancellationToken _cancellationToken;

    /// <param name="host">Named in the error.</param>
    /// <param name="timeout">Counted from now.</param>
    /// <param name="cancellationToken">Ends it before.</param>
    public ConnectBudget(string host, TimeSpan timeout, CancellationToken cancellationToken)
    {
        _host = host;
        _timeout = timeout;
        _cancellationToken = cancellationToken;
    }

    /// <summary>What connecting does now, for the error message.</summary>
    public string Step { get; set; } = "connecting";

    /// <summary>Whether connecting is over, so that the budget bounds nothing more.</summary>
    public bool IsOver { get; private set; }

    public CancellationToken CancellationToken => _cancellationToken;

    public TimeSpan Remaining
    {
        get
        {
            var remaining = _timeout - Stopwatch.GetElapsedTime(_start);
            return remaining > TimeSpan.Zero ? remaining : TimeSpan.Zero;
        }
    }

    /// <exception cref="OperationCanceledException">The token is canceled.</exception>
    /// <exception cref="TransportException">The time ran out.</exception>
    public void ThrowIfSpent()
    {
        _cancellationToken.ThrowIfCancellationRequested();
        if (Remaining == TimeSpan.Zero)
        {
            throw TimedOut();
        }
    }

    /// <summary>Connecting is over; waits are bounded by the owner of the connection from now on.</summary>
    public void End() => IsOver = true;

    public TransportException TimedOut() => new(
        TransportFailure.Timeout,
        $"{_host}: not connected within {_timeout.TotalSeconds:0.###} s (while {Step}).");
}
