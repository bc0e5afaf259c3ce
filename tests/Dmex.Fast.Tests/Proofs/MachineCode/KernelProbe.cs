using Dmex.Fast.Signing.Ecdsa;
using Xunit;

namespace Dmex.Fast.Tests.Proofs.MachineCode;

/// <summary>In a run of <see cref="KernelSwitchTests"/>: the kernel that was chosen is the one that the switch should leave.</summary>
public sealed class KernelProbe
{
    /// <summary>Names the kernel that a child run must find.</summary>
    internal const string Variable = "DMEX_TEST_KERNEL";

    [Fact]
    public void The_kernel_is_the_one_that_the_switches_leave()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } wanted)
        {
            Assert.Equal(wanted, SigningKernels.Best.ToString());
        }

        Assert.True(SigningKernels.IsSupported(SigningKernels.Best));
        Assert.True(SigningKernels.IsSupported(SigningKernel.Portable));
    }
}
