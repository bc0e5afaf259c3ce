using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Dmex.Fast.Signing.Curve;

namespace Dmex.Fast.Signing.Memory;

/// <summary>
/// Overwrites the stack below a call that handled secrets. Registers are spilled within 4 KiB. When a garbage collection stopped
/// the thread within the call, the kernel wrote all its registers into a signal frame and the runtime's handler ran below it: up to 18 KiB
/// deep was seen, so that 64 KiB are overwritten then.
/// </summary>
internal readonly struct StackWipe
{
    private const int SignalDepth = 64 * 1024;

    private readonly int _collections;
    private readonly TimeSpan _paused;

    private StackWipe(int collections, TimeSpan paused)
    {
        _collections = collections;
        _paused = paused;
    }

    /// <summary>Notes how often and how long the collector has stopped the process.</summary>
    public static StackWipe Begin() => new(GC.CollectionCount(0), GC.GetTotalPauseDuration());

    /// <summary>Wipes; called from the frame that <see cref="Begin"/> was called from.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public void End()
    {
        if (GC.CollectionCount(0) != _collections || GC.GetTotalPauseDuration() != _paused)
        {
            WipeDeep();
        }
        else
        {
            ConstantTime.WipeStack();
        }
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void WipeDeep()
    {
        Span<byte> below = stackalloc byte[SignalDepth];
        CryptographicOperations.ZeroMemory(below);
    }
}
