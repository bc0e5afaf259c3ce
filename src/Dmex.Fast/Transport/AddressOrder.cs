using System.Net;
using System.Net.Sockets;

namespace Dmex.Fast.Transport;

/// <summary>
/// The order in which a host's addresses are tried: the last one that worked, then IPv6 and IPv4 in turns (RFC 8305 §4).
/// Kept by a caller that connects repeatedly. Thread-safe.
/// </summary>
internal sealed class AddressOrder
{
    private volatile IPAddress? _lastGood;

    /// <summary>Remembers an address that accepted a connection.</summary>
    public void Worked(IPAddress address) => _lastGood = address;

    /// <summary>All of <paramref name="resolved"/>, each once, in the order to try them.</summary>
    public IReadOnlyList<IPAddress> Arrange(IReadOnlyList<IPAddress> resolved)
    {
        var six = new Queue<IPAddress>(resolved.Where(a => a.AddressFamily == AddressFamily.InterNetworkV6));
        var four = new Queue<IPAddress>(resolved.Where(a => a.AddressFamily != AddressFamily.InterNetworkV6));
        var result = new List<IPAddress>(resolved.Count);
        var lastGood = _lastGood;
        if (lastGood is not null && resolved.Contains(lastGood))
        {
            result.Add(lastGood);
        }

        // The resolver puts the preferred family first (RFC 6724); its choice begins.
        var sixFirst = resolved.Count > 0 && resolved[0].AddressFamily == AddressFamily.InterNetworkV6;
        for (var useSix = sixFirst; six.Count + four.Count > 0; useSix = !useSix)
        {
            if ((useSix ? six : four).TryDequeue(out var next) && !next.Equals(lastGood))
            {
                result.Add(next);
            }
        }

        return result;
    }
}
