using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;

namespace Dmex.Fast.Signing.Curve;

/// <summary>
/// Word operations for secret values. Each is arithmetic on masks: no branch, no table index, no early exit. A mask is a
/// word of all ones (true) or all zeros (false).
/// </summary>
internal static class ConstantTime
{
    /// <summary>All ones when <paramref name="value"/> is 0.</summary>
    /// <remarks>~v and v - 1 both have their top bit set for v = 0 only.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    public static ulong IsZeroMask(ulong value) => (ulong)((long)(~value & (value - 1)) >> 63);

    /// <summary>All ones when the lowest bit of <paramref name="bit"/> is 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    public static ulong MaskOfBit(ulong bit) => 0 - (bit & 1);

    /// <summary><paramref name="whenSet"/> under a mask of ones, else <paramref name="whenClear"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    public static ulong Select(ulong mask, ulong whenSet, ulong whenClear) => whenClear ^ (mask & (whenSet ^ whenClear));

    /// <summary>1 when <paramref name="left"/> &lt; <paramref name="right"/>, unsigned, else 0: the borrow of left - right.</summary>
    /// <remarks>
    /// A comparison taken as a number compiles to cmp and setb, without a jump; the arithmetic form costs twice as much. The
    /// listing of the compiled code is what shows it.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    public static ulong Less(ulong left, ulong right) => Unsafe.BitCast<bool, byte>(left < right);

    /// <summary>left + right + carry; the carry, 0 or 1, is replaced by the carry out.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    public static ulong AddWithCarry(ulong left, ulong right, ref ulong carry)
    {
        var sum = left + right + carry;
        carry = ((left & right) | ((left | right) & ~sum)) >> 63;
        return sum;
    }

    /// <summary>left - right - borrow; the borrow, 0 or 1, is replaced by the borrow out.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    public static ulong SubtractWithBorrow(ulong left, ulong right, ref ulong borrow)
    {
        var difference = left - right - borrow;
        borrow = ((~left & right) | ((~left | right) & difference)) >> 63;
        return difference;
    }

    /// <summary>The upper 64 bits of the 128-bit product.</summary>
    /// <remarks>
    /// The one-result form of mulx stays in registers; the forms with a second result go through the stack in RyuJIT.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    public static ulong MultiplyHigh(ulong left, ulong right) =>
        Bmi2.X64.IsSupported ? Bmi2.X64.MultiplyNoFlags(left, right) : Math.BigMul(left, right, out _);

    /// <summary>Zeroes a value in place; the write is not removed by the compiler.</summary>
    public static void Wipe<T>(ref T value)
        where T : unmanaged =>
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(MemoryMarshal.CreateSpan(ref value, 1)));

    /// <summary>
    /// Overwrites the part of the stack below the caller's frame, where the calls that it has just made spilled registers.
    /// </summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void WipeStack()
    {
        Span<byte> below = stackalloc byte[4096];
        CryptographicOperations.ZeroMemory(below);
    }
}
