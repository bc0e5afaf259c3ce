using System.Runtime.Intrinsics.X86;
using Dmex.Fast.Signing.Ecdsa;

namespace Dmex.Fast.Bench.Kernels;

/// <summary>Makes sure that a run with vector kernels switched off is one: a switch that does nothing would time the wrong code.</summary>
internal static class Switches
{
    public const string Avx512 = "DOTNET_EnableAVX512";
    public const string Avx2 = "DOTNET_EnableAVX2";

    /// <summary>Called before anything is timed.</summary>
    public static void Confirm()
    {
        if (IsOff(Avx2))
        {
            Check.True(!System.Runtime.Intrinsics.X86.Avx2.IsSupported && SigningKernels.Best == SigningKernel.Portable, $"{Avx2}=0");
        }
        else if (IsOff(Avx512))
        {
            Check.True(!Avx512F.IsSupported && SigningKernels.Best != SigningKernel.Avx512, $"{Avx512}=0");
        }
    }

    private static bool IsOff(string variable) => Environment.GetEnvironmentVariable(variable) is "0";
}
