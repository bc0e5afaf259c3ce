using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Dmex.Fast.Signing.Ecdsa;

namespace Dmex.Fast.Bench.Gate;

/// <summary>Something that the gate can time: guarded by a line of the budget, or a reference of one, or both.</summary>
/// <param name="Name">What budget.json calls it.</param>
/// <param name="Make">Prepares it and checks its result; throws when that is wrong.</param>
internal sealed record Entry(string Name, Func<Side> Make)
{
    /// <summary>Whether it is ours, so that it has a budget.</summary>
    public bool IsGuarded { get; init; }

    /// <summary>The signing kernel that it runs; null where it is about none.</summary>
    public SigningKernel? Kernel { get; init; }

    /// <summary>How many operations a call of it is.</summary>
    public int Units { get; init; } = 1;

    /// <summary>The library that it calls and that this machine lacks; null when it lacks none.</summary>
    public string? MissingLibrary { get; init; }

    /// <summary>Why it cannot run here; null when it can.</summary>
    public string? Missing =>
        MissingLibrary is not null ? $"{MissingLibrary} is not on this machine"
        : Kernel is { } kernel && !SigningKernels.IsSupported(kernel) ? $"this processor has no {kernel}"
        : Kernel is SigningKernel.Portable && RuntimeInformation.ProcessArchitecture is Architecture.X64 && !Bmi2.X64.IsSupported
        ? "this processor has no BMI2, and the portable kernel's budgets are for one that has"
        : null;
}
