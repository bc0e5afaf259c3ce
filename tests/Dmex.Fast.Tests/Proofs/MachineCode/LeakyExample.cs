using System.Runtime.CompilerServices;
using Dmex.Fast.Signing.Curve;

namespace Dmex.Fast.Tests.Proofs.MachineCode;

/// <summary>What secret-handling code must not do, for <see cref="ConstantTimeListingTests"/> to find, and the way to do it.</summary>
internal static unsafe class LeakyExample
{
    /// <summary>Runs each, so that the JIT compiles them.</summary>
    public static ulong RunAll()
    {
        var table = stackalloc ulong[16];
        new Span<ulong>(table, 16).Clear();
        return Branch(3, 5) + LookUp(table, 3) + LookUpByAddress(table, 3) + LeaveLoopEarly(table, 3) + Divide(7, 3)
            + Masked(3, 5) + Scan(table, 3) + Invert(3);
    }

    /// <summary>A branch on a secret bit.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static ulong Branch(ulong secret, ulong value)
    {
        if ((secret & 1) != 0)
        {
            value = (value * value) ^ (secret << 3);
            value *= 0x9E3779B97F4A7C15;
            GC.KeepAlive(null);
        }

        return value + 1;
    }

    /// <summary>A table entry at a secret index.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static ulong LookUp(ulong* table, ulong secret) => table[secret & 15];

    /// <summary>The same, where the address is computed before it is used.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static ulong LookUpByAddress(ulong* table, ulong secret)
    {
        var entry = table + (3 * (secret & 3));
        return entry[0] ^ entry[1] ^ entry[2];
    }

    /// <summary>A search that ends where the secret is found.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static ulong LeaveLoopEarly(ulong* table, ulong secret)
    {
        for (var i = 0; i < 16; i++)
        {
            if (table[i] == secret)
            {
                return (ulong)i;
            }
        }

        return 16;
    }

    /// <summary>A division of a secret.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static ulong Divide(ulong secret, ulong divisor) => secret % divisor;

    /// <summary>The library's own variable-time inverse, of a secret.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static ulong Invert(ulong secret)
    {
        Scalar.InvertVarTime(out var inverse, new Scalar { W0 = secret });
        return inverse.W0;
    }

    /// <summary>The same choice as <see cref="Branch"/>, by a mask.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static ulong Masked(ulong secret, ulong value)
    {
        var mask = 0 - (secret & 1);
        var chosen = ((value * value) ^ (secret << 3)) * 0x9E3779B97F4A7C15;
        return (value ^ (mask & (value ^ chosen))) + 1;
    }

    /// <summary>The same look-up, by reading all entries.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static ulong Scan(ulong* table, ulong secret)
    {
        var found = 0UL;
        for (var i = 0UL; i < 16; i++)
        {
            var difference = i ^ (secret & 15);
            found |= table[i] & (ulong)((long)(~difference & (difference - 1)) >> 63);
        }

        return found;
    }
}
