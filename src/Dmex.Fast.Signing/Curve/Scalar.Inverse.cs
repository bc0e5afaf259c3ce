using System.Runtime.CompilerServices;

namespace Dmex.Fast.Signing.Curve;

/// <content>The inverse.</content>
internal partial struct Scalar
{
    /// <summary>n^-1 mod 2^62.</summary>
    private const ulong OrderInverse62 = 0x34F20099AA774EC1;

    private static readonly Signed62 OrderSigned62 = MakeOrder();

    /// <summary>result = a^-1, and 0 for 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Invert(out Scalar result, in Scalar a)
    {
        Signed62.FromWords(out var value, a.W0, a.W1, a.W2, a.W3);
        SafeGcd.Invert(ref value, in OrderSigned62, OrderInverse62);
        value.ToWords(out result.W0, out result.W1, out result.W2, out result.W3);
        ConstantTime.Wipe(ref value);
    }

    /// <summary>result = a^-1, and 0 for 0. Variable time: public values only.</summary>
    public static void InvertVarTime(out Scalar result, in Scalar a)
    {
        Signed62.FromWords(out var value, a.W0, a.W1, a.W2, a.W3);
        VarTimeInverse.Invert(ref value, in OrderSigned62, OrderInverse62);
        value.ToWords(out result.W0, out result.W1, out result.W2, out result.W3);
    }

    private static Signed62 MakeOrder()
    {
        Signed62.FromWords(out var order, Order0, Order1, Order2, Order3);
        return order;
    }
}
