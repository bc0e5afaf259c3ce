using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Dmex.Fast.Signing.Vectors;

/// <summary>
/// The rounding that the lane kernels need: to nearest, which is the default and which native code may have changed on the calling
/// thread (<c>fesetround</c>). With another mode they compute wrongly, so each call that uses them is within
/// <see cref="Enter"/> and <see cref="Dispose"/>, which set it right for the call and put the caller's back.
/// </summary>
/// <remarks>
/// Flushing subnormal numbers to zero (FTZ, DAZ) is harmless: the kernels never have one. The precision of x87 is not used. Unmasked
/// floating-point exceptions are the caller's: .NET does not support them.
/// </remarks>
internal readonly unsafe ref struct NearestRounding
{
    private const double Quarter = 1.0 / (1L << 54);

    private static readonly delegate* unmanaged<int> GetRound = (delegate* unmanaged<int>)Find("fegetround");
    private static readonly delegate* unmanaged<int, int> SetRound = (delegate* unmanaged<int, int>)Find("fesetround");

    /// <summary>The caller's mode; 0, nearest, when there is nothing to put back.</summary>
    private readonly int _previous;

    private NearestRounding(int previous) => _previous = previous;

    /// <summary>Whether this thread rounds to nearest.</summary>
    public static bool IsInForce => IsNearest(1.0, Quarter, 3 * Quarter);

    /// <summary>Makes this thread round to nearest.</summary>
    /// <exception cref="InvalidOperationException">It rounds otherwise, and this system has no way known to set it right.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static NearestRounding Enter() => IsInForce ? default : new(Replace(0));

    /// <summary>Puts the caller's mode back.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Dispose()
    {
        if (_previous != 0)
        {
            _ = Replace(_previous);
        }
    }

    /// <summary>Sets a mode, in the system's own numbers, and returns the previous one.</summary>
    /// <exception cref="InvalidOperationException">The mode could not be set.</exception>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static int Replace(int mode)
    {
        var isKnown = GetRound is not null && SetRound is not null;
        var previous = isKnown ? GetRound() : 0;
        var isSet = isKnown && SetRound(mode) == 0;
        return isSet && (mode != 0 || IsInForce)
            ? previous
            : throw new InvalidOperationException(
                "This thread's floating-point rounding is not to nearest and could not be set to it; the signer computes correctly with "
                + "that mode only. Native code has changed it: restore it with fesetround(FE_TONEAREST). Nothing was computed.");
    }

    /// <summary>
    /// 1 + a quarter of its last place is 1, and 1 + three quarters is more. Not inlined: the compiler would compute it, in its
    /// own mode.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static bool IsNearest(double one, double quarter, double threeQuarters) =>
        one + quarter <= one && one + threeQuarters > one;

    private static nint Find(string function)
    {
        // glibc; musl, macOS and Windows have these functions in their C library. FE_TONEAREST is 0 in all.
        string[] libraries = ["libm.so.6", "libc.musl-x86_64.so.1", "libSystem.dylib", "ucrtbase.dll"];
        foreach (var library in libraries)
        {
            if (NativeLibrary.TryLoad(library, typeof(NearestRounding).Assembly, DllImportSearchPath.SafeDirectories, out var handle)
                && NativeLibrary.TryGetExport(handle, function, out var address))
            {
                return address;
            }
        }

        return 0;
    }
}
