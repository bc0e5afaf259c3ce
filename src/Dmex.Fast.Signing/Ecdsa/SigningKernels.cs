using Dmex.Fast.Signing.Vectors;

namespace Dmex.Fast.Signing.Ecdsa;

/// <summary>The choice of a kernel.</summary>
internal static class SigningKernels
{
    /// <summary>The fastest kernel of this processor.</summary>
    public static SigningKernel Best =>
        IsSupported(SigningKernel.Avx512) ? SigningKernel.Avx512
        : IsSupported(SigningKernel.Avx2) ? SigningKernel.Avx2
        : SigningKernel.Portable;

    /// <summary>Whether this processor, as the runtime is configured, can run a kernel.</summary>
    public static bool IsSupported(SigningKernel kernel) => kernel switch
    {
        SigningKernel.Portable => true,
        SigningKernel.Avx2 => FieldElementX4.IsSupported,
        SigningKernel.Avx512 => FieldElementX8.IsSupported,
        _ => false,
    };
}
