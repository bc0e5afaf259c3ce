using System.Runtime.CompilerServices;

namespace Dmex.Fast.Signing.Vectors;

/// <summary>
/// The memory in which <see cref="AffineSums{T}"/> computes: several partial sums for each group of lanes. It stands in a signer's
/// workspace and is wiped there.
/// </summary>
internal unsafe struct SumScratch
{
    /// <summary>
    /// The partial sums of a group. More would share an inversion among more additions, and leave the second-level cache.
    /// </summary>
    public const int PartialSums = 8;

    /// <summary>The most groups of eight lanes; twice as many of four take the same memory.</summary>
    public const int MaxGroups = 16;

    /// <summary>The partial sums: the first of every group, then the second of every group, and so on.</summary>
    public Elements X;

    /// <inheritdoc cref="X"/>
    public Elements Y;

    /// <summary>What is added to each; overwritten by the addition.</summary>
    public Elements TermX;

    /// <inheritdoc cref="TermX"/>
    public Elements TermY;

    /// <summary>The products of the differences up to each.</summary>
    public Elements Products;

    /// <summary>An element for each partial sum.</summary>
    [InlineArray(PartialSums * MaxGroups)]
    internal struct Elements
    {
        private FieldElementX8 _element;
    }
}
