using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Dmex.Fast.Venue.Orders;

namespace Dmex.Fast.Venue.Faults;

/// <summary>The venue's rate limit: who may send, and who is banned. Thread-safe.</summary>
internal sealed class RateGate(VenueRateLimit limit)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, TokenBucket> _accounts = new(StringComparer.Ordinal);
    private readonly Dictionary<long, TokenBucket> _connections = [];
    private readonly ConcurrentDictionary<IPAddress, long> _bannedUntil = new();

    public VenueRateLimit Limit => limit;

    /// <summary>Counts a message.</summary>
    /// <param name="connectionId">The connection that carried it.</param>
    /// <param name="account">The owner of the order it names; null when it names none, or when accounts do not count.</param>
    /// <param name="retryAfterMilliseconds">When refused: until the next message is let through.</param>
    /// <returns>Whether it is let through.</returns>
    public bool Admit(long connectionId, VenueOrder? account, out long retryAfterMilliseconds)
    {
        var now = Stopwatch.GetTimestamp();
        lock (_lock)
        {
            var admitted = BucketFor(connectionId, account, now).TryTake(now, out var waitTicks);
            retryAfterMilliseconds = (long)Math.Ceiling(waitTicks * 1000.0 / Stopwatch.Frequency);
            return admitted;
        }
    }

    public void Forget(long connectionId)
    {
        lock (_lock)
        {
            _connections.Remove(connectionId);
        }
    }

    public void Ban(IPAddress address) =>
        _bannedUntil[address] = Stopwatch.GetTimestamp() + (long)(limit.BanDuration.TotalSeconds * Stopwatch.Frequency);

    /// <summary>How long an address is still banned, or null when it is not.</summary>
    public TimeSpan? BanLeft(IPAddress? address)
    {
        if (address is null || !_bannedUntil.TryGetValue(address, out var until))
        {
            return null;
        }

        var now = Stopwatch.GetTimestamp();
        return now < until ? Stopwatch.GetElapsedTime(now, until) : null;
    }

    private TokenBucket BucketFor(long connectionId, VenueOrder? account, long now)
    {
        var perTick = limit.MessagesPerSecond / Stopwatch.Frequency;
        if (limit.PerAccount && account is not null)
        {
            var owner = account.Owner.ToString();
            if (!_accounts.TryGetValue(owner, out var shared))
            {
                _accounts.Add(owner, shared = new TokenBucket(perTick, limit.Burst, now));
            }

            return shared;
        }

        if (!_connections.TryGetValue(connectionId, out var own))
        {
            _connections.Add(connectionId, own = new TokenBucket(perTick, limit.Burst, now));
        }

        return own;
    }
}
