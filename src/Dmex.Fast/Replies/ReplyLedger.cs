using System.Buffers;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Replies;

/// <summary>
/// The hashes of a message and the containers that hold them, in the order of the message. The first few are on the
/// caller's stack; larger messages borrow from the pool of the runtime, so nothing is allocated in steady state.
/// </summary>
internal ref struct ReplyLedger
{
    // Parts of a message between two looks at the sink: some tens of microseconds.
    private const int PartsBetweenLooks = 1024;

    private readonly IReplySink _sink;
    private int _partsLeft = PartsBetweenLooks;
    private bool _isStopped;
    private bool _quotesSeveral;
    private OrderHash? _quoted;
    private ReplyNode[]? _rentedNodes;
    private ReplyEntry[]? _rentedEntries;
    private int _nodeCount;
    private int _entryCount;

    public ReplyLedger(Span<ReplyNode> nodes, Span<ReplyEntry> entries, IReplySink sink)
    {
        _sink = sink;
        Nodes = nodes;
        Entries = entries;
    }

    /// <summary>The room for containers; the first <see cref="NodeCount"/> are in use.</summary>
    public Span<ReplyNode> Nodes { get; private set; }

    /// <summary>The room for hashes; the first <see cref="EntryCount"/> are in use.</summary>
    public Span<ReplyEntry> Entries { get; private set; }

    public readonly int NodeCount => _nodeCount;

    public readonly int EntryCount => _entryCount;

    /// <summary>The one hash that texts of the message quote; null when they quote none, or several.</summary>
    public readonly OrderHash? Quoted => _quotesSeveral ? null : _quoted;

    /// <summary>Counts a part of the message; whether the sink wants no more of it, which stays so.</summary>
    public bool IsStoppedAtPart()
    {
        if (_isStopped || --_partsLeft > 0)
        {
            return _isStopped;
        }

        _partsLeft = PartsBetweenLooks;
        _isStopped = _sink.IsStopped;
        return _isStopped;
    }

    /// <summary>Makes room for a container; what is inside it comes after it.</summary>
    public int OpenNode(int parent, ReplyScope scope)
    {
        if (_nodeCount == Nodes.Length)
        {
            Nodes = Grow(Nodes, ref _rentedNodes);
        }

        ref var node = ref Nodes[_nodeCount];
        node.Parent = parent;
        node.Scope = scope;
        node.HashRank = -1;
        return _nodeCount++;
    }

    /// <summary>Forgets the last container: no hash is in it.</summary>
    public void DropNode() => _nodeCount--;

    /// <summary>Notes a hash.</summary>
    public int Add(in OrderHash hash, int node, int rank)
    {
        if (_entryCount == Entries.Length)
        {
            Entries = Grow(Entries, ref _rentedEntries);
        }

        Entries[_entryCount] = new ReplyEntry { Hash = hash, Node = node, Rank = (sbyte)rank, Reason = _entryCount };
        return _entryCount++;
    }

    /// <summary>Notes a hash inside a text.</summary>
    public void AddQuoted(in OrderHash hash)
    {
        _quotesSeveral |= _quoted is { } other && other != hash;
        _quoted = hash;
    }

    /// <summary>Returns what was borrowed.</summary>
    public readonly void Dispose()
    {
        if (_rentedNodes is not null)
        {
            ArrayPool<ReplyNode>.Shared.Return(_rentedNodes);
        }

        if (_rentedEntries is not null)
        {
            ArrayPool<ReplyEntry>.Shared.Return(_rentedEntries);
        }
    }

    private static T[] Grow<T>(scoped Span<T> full, scoped ref T[]? rented)
    {
        var larger = ArrayPool<T>.Shared.Rent(full.Length * 4);
        full.CopyTo(larger);
        if (rented is not null)
        {
            ArrayPool<T>.Shared.Return(rented);
        }

        rented = larger;
        return larger;
    }
}
