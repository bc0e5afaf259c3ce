using Dmex.Fast.Signing;
using Dmex.Fast.Signing.Ecdsa;
using Xunit;

namespace Dmex.Fast.Tests.Support;

/// <summary>The kernels that this processor can run, as the runtime is configured.</summary>
internal static class Kernels
{
    public static IReadOnlyList<SigningKernel> Supported { get; } = [.. Enum.GetValues<SigningKernel>().Where(SigningKernels.IsSupported)];

    /// <summary>The one signature that all of them make.</summary>
    public static Signature SignWithEach(SigningKey key, in OrderHash hash)
    {
        Signature? first = null;
        foreach (var kernel in Supported)
        {
            using var signer = new OrderSigner(key, verifyAfterSign: false, kernel);
            signer.Sign(in hash, out var signature);
            Assert.Equal(first ?? signature, signature);
            first = signature;
        }

        return first!.Value;
    }
}
