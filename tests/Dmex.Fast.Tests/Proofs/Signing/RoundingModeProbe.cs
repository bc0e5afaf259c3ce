using System.Runtime.InteropServices;
using Dmex.Fast.Signing;
using Dmex.Fast.Signing.Ecdsa;
using Dmex.Fast.Signing.Vectors;
using Dmex.Fast.Tests.Proofs.Reference;
using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.Proofs.Signing;

/// <summary>
/// With rounding down, up and toward zero, and with subnormal numbers flushed to zero, as native code may leave a thread: every
/// kernel signs, verifies and recovers as ever, and leaves the caller's mode as it was.
/// </summary>
public sealed unsafe partial class RoundingModeProbe(ITestOutputHelper output)
{
    public const string Switch = "DMEX_TEST_ROUNDING_MODES";
    private const int MxcsrOffset = 28; // of glibc's fenv_t on x86-64
    private const uint FlushToZero = 0x8040; // FTZ and DAZ
    private const int Size = 37;

    [Fact]
    public void Every_kernel_computes_rightly_whatever_the_mode()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable(Switch) is "1", "Runs in a process of its own, started by another test.");
        Assert.SkipUnless(
            OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.X64,
            "The modes are x86's, and set through libc.");
        var random = Seed.Create(output);
        using var key = SigningKey.FromBytes(Numbers.ToBytes(Numbers.Key(random)));
        var hashes = Enumerable.Range(0, Size).Select(_ => Numbers.Hash(random)).ToArray();
        var expected = new Signature[Size];
        using (var portable = new OrderSigner(key, verifyAfterSign: true, SigningKernel.Portable))
        {
            for (var i = 0; i < Size; i++)
            {
                portable.Sign(in hashes[i], out expected[i]);
            }
        }

        foreach (var mode in (int[])[0x400, 0x800, 0xC00])
        {
            foreach (var kernel in Kernels.Supported)
            {
                Assert.Equal(0, NearestRounding.Replace(mode));
                Assert.False(NearestRounding.IsInForce);
                Check(key, kernel, hashes, expected);
                Assert.Equal(mode, NearestRounding.Replace(0));
            }

            output.WriteLine($"mode 0x{mode:x}: right");
        }

        SetFlushToZero();
        foreach (var kernel in Kernels.Supported)
        {
            Check(key, kernel, hashes, expected);
        }
    }

    private static void Check(SigningKey key, SigningKernel kernel, OrderHash[] hashes, Signature[] expected)
    {
        foreach (var verify in (bool[])[false, true])
        {
            using var signer = new OrderSigner(key, verify, kernel);
            using var batch = new BatchSigner(key, verify, kernel);
            var signatures = new Signature[hashes.Length];
            batch.Sign(hashes, signatures);
            Assert.True(expected.AsSpan().SequenceEqual(signatures));
            for (var i = 0; i < hashes.Length; i++)
            {
                signer.Sign(in hashes[i], out var signature);
                Assert.True(expected[i] == signature);
                Assert.True(SignatureVerifier.Verify(in hashes[i], in signature, key.Address));
            }
        }
    }

    private static void SetFlushToZero()
    {
        var environment = stackalloc byte[64];
        Assert.Equal(0, GetEnvironment(environment));
        *(uint*)(environment + MxcsrOffset) |= FlushToZero;
        Assert.Equal(0, SetEnvironment(environment));
    }

    [LibraryImport("libm.so.6", EntryPoint = "fegetenv")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int GetEnvironment(byte* environment);

    [LibraryImport("libm.so.6", EntryPoint = "fesetenv")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetEnvironment(byte* environment);
}
