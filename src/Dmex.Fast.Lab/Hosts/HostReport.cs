using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json.Serialization;

namespace Dmex.Fast.Lab.Hosts;

/// <summary>The machine, and whether its figures can be trusted. What cannot be found out is null.</summary>
internal sealed record HostReport
{
    // Of one processor: what else runs then shows in the tail.
    private const double QuietLoad = 0.1;

    private const int EnoughProcessors = 4;

    // proc(5): the eighth time of the line "cpu", in ticks whose length Linux shows to programs as a hundredth of a second.
    private const int StolenField = 8;
    private const double TicksPerSecond = 100;

    /// <summary>The machine in one line, which tells whether figures of two runs compare.</summary>
    [JsonIgnore]
    public string Name => $"{Processor ?? RuntimeInformation.ProcessArchitecture.ToString()}, {Processors} cores, {Kernel}";

    /// <summary>The processor's name.</summary>
    public required string? Processor { get; init; }

    /// <summary>How many processors this process may use.</summary>
    public required int Processors { get; init; }

    /// <summary>The operating system's kernel.</summary>
    public required string Kernel { get; init; }

    /// <summary>How the frequency is governed.</summary>
    public required string? Governor { get; init; }

    /// <summary>Whether this is a virtual machine.</summary>
    public required bool? Hypervisor { get; init; }

    /// <summary>Processors that the kernel leaves alone.</summary>
    public required string? IsolatedProcessors { get; init; }

    /// <summary>How many threads were running or waiting to, over a minute, when the run began.</summary>
    public required double? LoadAtStart { get; init; }

    /// <summary>The same when it ended: the run itself counts.</summary>
    public double? LoadAtEnd { get; init; }

    /// <summary>
    /// What the hypervisor gave to others while a processor of this machine wanted to run, in seconds over all of them, during the run.
    /// </summary>
    public double? StolenSeconds { get; init; }

    /// <summary>Whether such a machine is fit for figures of latency to be published without a word about it.</summary>
    public required bool IsFit { get; init; }

    /// <summary>Why it is not.</summary>
    public required IReadOnlyList<string> Unfit { get; init; }

    /// <summary>Looks.</summary>
    public static HostReport Read()
    {
        var governor = Line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor");
        var information = Lines("/proc/cpuinfo");
        bool? hypervisor = information is null
            ? null
            : Array.Exists(
                information, line => line.StartsWith("flags", StringComparison.Ordinal) && line.Split(' ').Contains("hypervisor"));
        var load = ReadLoad();
        var unfit = new List<string>();
        Add(hypervisor == true, "a virtual machine: its processors may be taken away at any time");
        Add(Environment.ProcessorCount < EnoughProcessors,
            $"{Environment.ProcessorCount} processors for the sender, the client's threads, the venue and everything else");
        Add(governor is null, "how the processors' frequency is governed is not known");
        Add(governor is not null and not "performance", $"the frequency follows the load (governor {governor})");
        Add(load is null, "what else runs here is not known");
        Add(load > QuietLoad, string.Create(CultureInfo.InvariantCulture, $"other work runs here (load {load:0.00})"));
        return new HostReport
        {
            Processor = information is null ? null
                : Array.Find(information, line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim(),
            Processors = Environment.ProcessorCount,
            Kernel = RuntimeInformation.OSDescription,
            Governor = governor,
            Hypervisor = hypervisor,
            IsolatedProcessors = Line("/sys/devices/system/cpu/isolated") is { Length: > 0 } isolated ? isolated : null,
            LoadAtStart = load,
            IsFit = unfit.Count == 0,
            Unfit = unfit,
        };

        void Add(bool holds, string why)
        {
            if (holds)
            {
                unfit.Add(why);
            }
        }
    }

    /// <summary>The load of the last minute.</summary>
    public static double? ReadLoad() =>
        Line("/proc/loadavg") is { } text
            && double.TryParse(text.Split(' ')[0], NumberStyles.Float, CultureInfo.InvariantCulture, out var load) ? load : null;

    /// <summary>What was stolen since the machine started, in seconds.</summary>
    public static double? ReadStolen() =>
        Line("/proc/stat")?.Split(' ', StringSplitOptions.RemoveEmptyEntries) is { Length: > StolenField } times
        && double.TryParse(times[StolenField], NumberStyles.None, CultureInfo.InvariantCulture, out var ticks) ? ticks / TicksPerSecond
        : null;

    private static string? Line(string path) => Lines(path) is [{ } first, ..] ? first.Trim() : null;

    private static string[]? Lines(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllLines(path) : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null; // the report says that it is not known
        }
    }
}
