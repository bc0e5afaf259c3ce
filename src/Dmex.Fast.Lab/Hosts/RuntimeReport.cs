using System.Runtime;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Dmex.Fast.Signing.Ecdsa;

namespace Dmex.Fast.Lab.Hosts;

/// <summary>The runtime as it is set in this process.</summary>
internal sealed record RuntimeReport
{
    /// <summary>The version of .NET and the platform.</summary>
    public required string Framework { get; init; }

    /// <summary>jit, or aot (compiled ahead of time to native code).</summary>
    public required string Compiler { get; init; }

    /// <summary>The signer's kernel: Avx512, Avx2 or Portable.</summary>
    public required string SigningKernel { get; init; }

    /// <summary>One checked signature in µs, the best that was seen after everything else had run.</summary>
    public double? SignatureMicros { get; init; }

    /// <summary>The instruction sets that the code may use.</summary>
    public required IReadOnlyList<string> InstructionSets { get; init; }

    /// <summary>server or workstation.</summary>
    public required string GarbageCollector { get; init; }

    /// <summary>Whether collections of the oldest generation run beside the program.</summary>
    public required bool ConcurrentGarbageCollector { get; init; }

    /// <summary>The collector's latency mode.</summary>
    public required string GcLatencyMode { get; init; }

    /// <summary>The settings of the runtime that came by the environment.</summary>
    public required IReadOnlyList<string> Environment { get; init; }

    /// <summary>The runtime's version alone.</summary>
    public static string Version => $".NET {System.Environment.Version}";

    /// <summary>Looks.</summary>
    public static RuntimeReport Read() => new()
    {
        Framework = $"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.RuntimeIdentifier}",
        Compiler = RuntimeFeature.IsDynamicCodeCompiled ? "jit" : "aot",
        SigningKernel = SigningKernels.Best.ToString(),
        InstructionSets = Sets(),
        GarbageCollector = GCSettings.IsServerGC ? "server" : "workstation",
        ConcurrentGarbageCollector = GC.GetConfigurationVariables().TryGetValue("ConcurrentGC", out var concurrent) && concurrent is true,
        GcLatencyMode = GCSettings.LatencyMode.ToString(),
        Environment = Settings(),
    };

    private static List<string> Sets()
    {
        var sets = new List<string>();
        Add(Avx512F.VL.IsSupported && Avx512DQ.IsSupported, "AVX-512 F/DQ/VL");
        Add(Avx2.IsSupported, "AVX2");
        Add(Fma.IsSupported, "FMA");
        Add(Bmi2.X64.IsSupported, "BMI2");
        Add(Aes.IsSupported, "AES");
        Add(System.Runtime.Intrinsics.Arm.AdvSimd.IsSupported, "AdvSimd");
        return sets;

        void Add(bool isThere, string name)
        {
            if (isThere)
            {
                sets.Add(name);
            }
        }
    }

    private static List<string> Settings()
    {
        var settings = new List<string>();
        foreach (System.Collections.DictionaryEntry variable in System.Environment.GetEnvironmentVariables())
        {
            var name = (string)variable.Key;
            if (name.StartsWith("DOTNET_gc", StringComparison.OrdinalIgnoreCase)
                || name.StartsWith("DOTNET_Tiered", StringComparison.OrdinalIgnoreCase)
                || name.StartsWith("DOTNET_TC_", StringComparison.OrdinalIgnoreCase)
                || name.StartsWith("DOTNET_Enable", StringComparison.OrdinalIgnoreCase)
                || name.Equals("DOTNET_ReadyToRun", StringComparison.OrdinalIgnoreCase))
            {
                settings.Add($"{name}={variable.Value}");
            }
        }

        settings.Sort(StringComparer.Ordinal);
        return settings;
    }
}
