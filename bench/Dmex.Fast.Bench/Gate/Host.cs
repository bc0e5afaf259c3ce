using System.Runtime.InteropServices;

namespace Dmex.Fast.Bench.Gate;

/// <summary>The machine, in enough words to know which figures compare.</summary>
internal static class Host
{
    private const string CpuInfo = "/proc/cpuinfo";
    private const string ModelField = "model name";
    private const string LoadFile = "/proc/loadavg";

    public static string Name { get; } = $"{Model()}, {Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}";

    public static string Runtime { get; } = $".NET {Environment.Version}";

    /// <summary>How many threads wanted to run over the last minute; null where the system does not tell.</summary>
    public static string? Load => File.Exists(LoadFile) ? File.ReadAllText(LoadFile).Split(' ')[0] : null;

    private static string Model()
    {
        var model = File.Exists(CpuInfo)
            ? File.ReadLines(CpuInfo).FirstOrDefault(line => line.StartsWith(ModelField, StringComparison.Ordinal))?.Split(':')[^1].Trim()
            : null;
        return model ?? RuntimeInformation.ProcessArchitecture.ToString();
    }
}
