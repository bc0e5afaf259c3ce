using System.Globalization;
using System.Runtime.InteropServices;
using Dmex.Fast.Lab.Reporting;

namespace Dmex.Fast.Lab.Hosts;

/// <summary>Keeps two processes to processors of their own (Linux).</summary>
internal static unsafe partial class Affinity
{
    private const int MaxProcessors = 1024;
    private const int Words = MaxProcessors / 64;

    /// <summary>Gives this process the first half of the processors that it may use, and the other one the rest.</summary>
    /// <exception cref="LabException">It cannot be done here; nothing was changed.</exception>
    public static void PinApart(int otherProcess)
    {
        if (!OperatingSystem.IsLinux() || otherProcess == Environment.ProcessId)
        {
            throw Cannot("this needs Linux, and the venue in a process of its own");
        }

        var allowed = stackalloc ulong[Words];
        if (GetAffinity(0, Words * sizeof(ulong), allowed) < 0)
        {
            throw Cannot($"the kernel does not say which processors may be used: {Marshal.GetLastPInvokeErrorMessage()}");
        }

        var processors = new List<int>();
        for (var i = 0; i < MaxProcessors; i++)
        {
            if ((allowed[i / 64] & (1UL << (i % 64))) != 0)
            {
                processors.Add(i);
            }
        }

        if (processors.Count < 2)
        {
            throw Cannot("there is one processor");
        }

        var half = (processors.Count + 1) / 2;
        Pin(Environment.ProcessId, processors[..half]);
        Pin(otherProcess, processors[half..]);
    }

    // Each thread by itself: the kernel's call knows threads only. Threads made later inherit it.
    private static void Pin(int process, List<int> processors)
    {
        var mask = stackalloc ulong[Words];
        new Span<ulong>(mask, Words).Clear();
        foreach (var processor in processors)
        {
            mask[processor / 64] |= 1UL << (processor % 64);
        }

        foreach (var folder in Directory.EnumerateDirectories($"/proc/{process}/task"))
        {
            var thread = int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture);
            if (SetAffinity(thread, Words * sizeof(ulong), mask) < 0 && Directory.Exists(folder))
            {
                throw Cannot(Marshal.GetLastPInvokeErrorMessage());
            }
        }
    }

    private static LabException Cannot(string why) => new(
        LabFailure.Input, $"--pin: the processes cannot be pinned apart: {why}.", "Leave --pin out.");

    [LibraryImport("libc", EntryPoint = "sched_getaffinity", SetLastError = true)]
    private static partial int GetAffinity(int thread, nint size, ulong* mask);

    [LibraryImport("libc", EntryPoint = "sched_setaffinity", SetLastError = true)]
    private static partial int SetAffinity(int thread, nint size, ulong* mask);
}
