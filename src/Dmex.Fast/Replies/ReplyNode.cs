using System.Runtime.InteropServices;

namespace Dmex.Fast.Replies;

/// <summary>One object or array that holds hashes, or the place of a hash that is a property's name.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct ReplyNode
{
    /// <summary>The lowest rank of a hash's name that makes an object that order's own.</summary>
    public const int MinOwnRank = 2;

    /// <summary>First its own facts, at the end those that hold for its hashes.</summary>
    public ReplyFacts Facts;

    /// <summary>The container around it; -1 for a whole text. It precedes this one in the ledger.</summary>
    public int Parent;

    public ReplyScope Scope;

    /// <summary>The highest rank among the names of the hashes that are in it directly.</summary>
    public sbyte HashRank;

    /// <summary>The first hash of that rank, in the ledger.</summary>
    public int HashEntry;
}
