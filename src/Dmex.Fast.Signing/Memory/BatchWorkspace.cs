using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Dmex.Fast.Signing.Curve;
using Dmex.Fast.Signing.Hashing;
using Dmex.Fast.Signing.Vectors;

namespace Dmex.Fast.Signing.Memory;

/// <summary>
/// The working memory of a block of signatures. What vectors are read from comes first, so that it is aligned as the pages
/// are; its sizes are those of the widest kernel.
/// </summary>
internal unsafe struct BatchWorkspace
{
    /// <summary>The most signatures of a block.</summary>
    public const int Capacity = 128;

    private const int MaxGroups = Capacity / 4;

    /// <summary>The point formulas' memory.</summary>
    public LaneScratch<FieldElementX8> Lanes;

    /// <summary>The memory of additions that share inversions.</summary>
    public SumScratch Sums;

    /// <summary>The products of the Zs up to each group.</summary>
    public GroupElements Products;

    /// <summary>The groups' points.</summary>
    public GroupElements X;

    /// <inheritdoc cref="X"/>
    public GroupElements Y;

    /// <inheritdoc cref="X"/>
    public GroupElements Z;

    /// <summary>Sixteen nonces at a time.</summary>
    public NonceWorkspaceX16 Nonces;

    /// <summary>Eight Keccak states.</summary>
    public KeccakStates Keccak;

    /// <summary>The groups' scalars, recoded.</summary>
    public GroupDigits Digits;

    /// <summary>One nonce at a time, where there are no sixteen lanes; and its schedule.</summary>
    public SignerWorkspace Single;

    /// <summary>The digests modulo n.</summary>
    public Scalars Digests;

    /// <summary>The nonces.</summary>
    public Scalars Nonce;

    /// <summary>The products of the nonces up to each.</summary>
    public Scalars NonceProducts;

    /// <summary>From here on verification alone writes: s. Public.</summary>
    public Scalars S;

    /// <summary>In verification: the products of the s up to each. Public.</summary>
    public Scalars SProducts;

    /// <summary>In verification: u1 = z / s. Public.</summary>
    public Scalars U1;

    /// <summary>In verification: u2 = r / s. Public.</summary>
    public Scalars U2;

    /// <summary>In verification: the rows that each group's scalars name. Public.</summary>
    public Rows Row;

    /// <summary>Their signs.</summary>
    public Rows Sign;

    /// <summary>The signatures, until they are verified. Last, since it outlives the rest.</summary>
    public Signatures Made;

    /// <summary>An element for each group of lanes: half of a block's groups have twice the lanes.</summary>
    [InlineArray(MaxGroups / 2)]
    internal struct GroupElements
    {
        private FieldElementX8 _element;
    }

    /// <summary>The recoded scalars of each group.</summary>
    [InlineArray(MaxGroups)]
    internal struct GroupDigits
    {
        private BatchDigits _digits;
    }

    /// <summary>A scalar for each signature.</summary>
    [InlineArray(Capacity)]
    internal struct Scalars
    {
        private Scalar _scalar;
    }

    /// <summary>A word for each row of each signature.</summary>
    [InlineArray(VarTimeRows.LargeCount * Capacity)]
    internal struct Rows
    {
        private ulong _word;
    }

    /// <summary>The signatures of a block.</summary>
    [InlineArray(Capacity)]
    internal struct Signatures
    {
        private Signature _signature;
    }

    /// <summary>Eight Keccak states, lane by lane.</summary>
    [InlineArray(KeccakState.Lanes)]
    internal struct KeccakStates
    {
        private Vector512<ulong> _lane;
    }
}
