using Dmex.Fast.Standby.Links;

namespace Dmex.Fast.Standby.Tests.Mixture;

/// <summary>
/// Three servers, which hosts reach while they are in the same group, and a stream that works while a majority of them is up and together.
/// Live messages are lost, doubled by two paths and reordered; of an append nobody may know whether it happened.
/// </summary>
internal sealed class SimulatedCluster(VirtualWorld world, Random random)
{
    public const int Servers = 3;

    private readonly bool[] _isDown = new bool[Servers];
    private readonly int[] _serverGroup = new int[Servers];
    private readonly Dictionary<int, int> _hostGroup = [];
    private readonly List<SimulatedLink> _links = [];
    private readonly List<StandbyStreamRecord> _stream = [];
    private ulong _last;

    /// <summary>No leader: nothing is appended or read.</summary>
    public bool HasNoLeader { get; set; }

    /// <summary>How long the leader's disk takes for an append; live messages do not wait for it.</summary>
    public TimeSpan DiskTime { get; set; }

    /// <summary>Of a hundred live messages on a path.</summary>
    public int LossPercent { get; set; } = 1;

    public VirtualWorld World => world;

    public Random Random => random;

    public ulong Last => _last;

    public IReadOnlyList<StandbyStreamRecord> Stream => _stream;

    public TimeSpan Latency() => TimeSpan.FromMilliseconds(random.Next(300) == 0 ? random.Next(20, 80) : 0.1 + (random.NextDouble() * 2));

    public void Add(SimulatedLink link) => _links.Add(link);

    public void Remove(SimulatedLink link) => _links.Remove(link);

    public void Kill(int server) => _isDown[server] = true;

    public void Start(int server) => _isDown[server] = false;

    public void MoveHost(SimulatedHost host, int group) => _hostGroup[host.Index] = group;

    public void MoveServer(int server, int group) => _serverGroup[server] = group;

    public void Heal()
    {
        _hostGroup.Clear();
        Array.Clear(_serverGroup);
        Array.Clear(_isDown);
        HasNoLeader = false;
    }

    public bool Reaches(SimulatedHost host, int server) => !_isDown[server]
        && _serverGroup[server] == _hostGroup.GetValueOrDefault(host.Index);

    /// <summary>Whether a host reaches a majority that is together.</summary>
    public bool ReachesStream(SimulatedHost host) => !HasNoLeader && Enumerable.Range(0, Servers)
        .Count(server => Reaches(host, server)) * 2 > Servers;

    /// <summary>Sends a live message by a path to all who listen.</summary>
    public bool Send(SimulatedHost from, int path, StandbyChannel channel, byte[] message)
    {
        var server = Enumerable.Range(0, Servers).Select(i => (from.Index + path + i) % Servers)
            .FirstOrDefault(server => Reaches(from, server), -1);
        if (server < 0)
        {
            return false;
        }

        foreach (var link in _links.ToArray())
        {
            if (link.Host != from && random.Next(100) >= LossPercent && Enumerable.Range(0, Servers)
                .Any(s => Reaches(from, s) && Reaches(link.Host, s)))
            {
                link.Host.Run(Latency(), () => link.Receive(channel, message));
            }
        }

        return true;
    }

    /// <summary>Appends at the leader; null: the stream ends otherwise.</summary>
    public ulong? Append(StandbyStreamKind kind, byte[] payload, ulong? expectedLast)
    {
        if (expectedLast is { } expected && expected != _last)
        {
            return null;
        }

        _stream.Add(new StandbyStreamRecord(++_last, kind, payload));
        foreach (var link in _links.ToArray())
        {
            link.Host.Run(Latency(), link.WakeReaders);
        }

        return _last;
    }

    /// <summary>The cluster loses all its disks, and begins anew with an empty stream.</summary>
    public void LoseStream()
    {
        _stream.Clear();
        _last = 0;
    }

    public void PurgeBelow(ulong sequence) => _stream.RemoveAll(record => record.Sequence < sequence);

    /// <summary>The first record from a sequence on.</summary>
    public StandbyStreamRecord? Find(ulong from) =>
        _stream.Count == 0 || _stream[^1].Sequence < from ? null
            : _stream[Math.Max(0, _stream.FindIndex(record => record.Sequence >= from))];
}
