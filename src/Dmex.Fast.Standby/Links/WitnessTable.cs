namespace Dmex.Fast.Standby.Links;

/// <summary>
/// Counts the servers that answered, by their ids and not by the connections that were asked: clients follow the addresses that servers
/// announce, so that several connections may end at one server. Thread-safe.
/// </summary>
internal sealed class WitnessTable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, long> _askedAt = new(StringComparer.Ordinal);

    /// <summary>A server answered.</summary>
    /// <param name="server">Its id.</param>
    /// <param name="askedAt">When it had been asked.</param>
    public void Answered(string server, long askedAt)
    {
        lock (_lock)
        {
            if (!_askedAt.TryGetValue(server, out var before) || before < askedAt)
            {
                _askedAt[server] = askedAt;
            }
        }
    }

    /// <summary>How many distinct servers answered a question that was asked at or after a moment.</summary>
    public int CountSince(long moment)
    {
        lock (_lock)
        {
            var count = 0;
            foreach (var askedAt in _askedAt.Values)
            {
                count += askedAt >= moment ? 1 : 0;
            }

            return count;
        }
    }
}
