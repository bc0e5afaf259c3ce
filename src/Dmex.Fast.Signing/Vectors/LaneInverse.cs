using System.Runtime.CompilerServices;
using Dmex.Fast.Signing.Curve;

namespace Dmex.Fast.Signing.Vectors;

/// <summary>The inverses of all lanes by one inversion (Montgomery's trick), in constant time.</summary>
internal static unsafe class LaneInverse<T>
    where T : unmanaged, ILaneField<T>
{
    /// <summary>Inverts each lane.</summary>
    /// <param name="values">Carried.</param>
    /// <param name="inverses">Carried; all 0 when a lane is 0.</param>
    /// <returns>All ones when a lane is 0, else 0.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static ulong Invert(T* values, T* inverses)
    {
        var elements = stackalloc FieldElement[T.Lanes];
        var products = stackalloc FieldElement[T.Lanes];
        for (var lane = 0; lane < T.Lanes; lane++)
        {
            T.GetLane(values, lane, out elements[lane]);
            if (lane == 0)
            {
                products[0] = elements[0];
            }
            else
            {
                FieldElement.Multiply(out products[lane], in products[lane - 1], in elements[lane]);
            }
        }

        var inverse = products[T.Lanes - 1];
        FieldElement.Normalize(ref inverse);
        var isZero = inverse.IsZeroMask();
        FieldElement.Invert(out inverse, in inverse);
        for (var lane = T.Lanes - 1; lane > 0; lane--)
        {
            FieldElement.Multiply(out var own, in inverse, in products[lane - 1]);
            FieldElement.Multiply(out inverse, in inverse, in elements[lane]);
            FieldElement.Normalize(ref own);
            T.SetLane(inverses, lane, in own);
        }

        FieldElement.Normalize(ref inverse);
        T.SetLane(inverses, 0, in inverse);
        T.Carry(inverses);
        new Span<FieldElement>(elements, T.Lanes).Clear();
        new Span<FieldElement>(products, T.Lanes).Clear();
        return isZero;
    }
}
