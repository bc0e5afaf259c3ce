using System.Runtime.InteropServices;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Replies;

/// <summary>One place of a hash in a message.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct ReplyEntry
{
    public OrderHash Hash;

    /// <summary>The container that holds it.</summary>
    public int Node;

    /// <summary>The rank of its name.</summary>
    public sbyte Rank;

    /// <summary>What the message says at this place; at the order's first place, what it says at all of them.</summary>
    public ReplyKind Kind;

    /// <summary>The place whose words are the verdict's reason.</summary>
    public int Reason;

    /// <summary>Whether something at any place of the order speaks against a claim.</summary>
    public bool IsContested;

    /// <summary>Whether something at any place of the order speaks against the weaker claim.</summary>
    public bool IsWeaklyContested;

    /// <summary>Whether the claim is the weaker one.</summary>
    public bool IsWeak;

    /// <summary>Whether two places contradict each other.</summary>
    public bool IsContradicted;

    /// <summary>Whether an earlier place of the same hash speaks for this one.</summary>
    public bool IsRepeated;
}
