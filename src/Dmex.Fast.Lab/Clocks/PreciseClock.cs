using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Dmex.Fast.Lab.Clocks;

/// <summary>
/// Waits for a moment: asleep until shortly before, then spinning. Where the clock of <see cref="Stopwatch"/> is the
/// kernel's CLOCK_MONOTONIC in nanoseconds (64-bit Linux), the kernel wakes the thread; elsewhere the spinning begins earlier.
/// </summary>
internal static partial class PreciseClock
{
    private const int ClockMonotonic = 1;
    private const int AbsoluteTime = 1;
    private const int SetTimerSlack = 29;
    private const long NanosecondsASecond = 1_000_000_000;

    private static readonly bool HasKernelWait = OperatingSystem.IsLinux() && IntPtr.Size == 8 && Stopwatch.Frequency == NanosecondsASecond;

    // A sleeping thread wakes late by some tens of µs on a machine that has nothing else to do.
    private static readonly long Early = Ticks(HasKernelWait ? TimeSpan.FromMicroseconds(120) : TimeSpan.FromMilliseconds(2));

    /// <summary>A time in ticks of <see cref="Stopwatch"/>.</summary>
    public static long Ticks(TimeSpan time) => (long)(time.TotalSeconds * Stopwatch.Frequency);

    /// <summary>A time in ticks of <see cref="Stopwatch"/> as µs.</summary>
    public static double Micros(long ticks) => ticks * 1e6 / Stopwatch.Frequency;

    /// <summary>Asks the kernel to wake the current thread on time: by default it may be late by 50 µs to save power.</summary>
    public static void Sharpen()
    {
        if (HasKernelWait)
        {
            // What it answers changes nothing: a lag that stays is in the report.
            _ = ControlProcess(SetTimerSlack, 1, 0, 0, 0);
        }
    }

    /// <summary>Returns at <paramref name="moment"/> or as soon after it as the machine allows.</summary>
    /// <returns>The time stamp of the return.</returns>
    public static long WaitUntil(long moment)
    {
        var now = Stopwatch.GetTimestamp();
        while (moment - now > Early)
        {
            Sleep(moment - Early, now);
            now = Stopwatch.GetTimestamp();
        }

        while (now < moment)
        {
            Thread.SpinWait(8);
            now = Stopwatch.GetTimestamp();
        }

        return now;
    }

    /// <summary>Sleeps until about <paramref name="moment"/>, without spinning.</summary>
    /// <returns>The time stamp of the return.</returns>
    public static long SleepUntil(long moment)
    {
        var now = Stopwatch.GetTimestamp();
        if (now < moment)
        {
            Sleep(moment, now);
        }

        return Stopwatch.GetTimestamp();
    }

    private static void Sleep(long until, long now)
    {
        if (HasKernelWait)
        {
            var time = new TimeSpec(until / NanosecondsASecond, until % NanosecondsASecond);
            _ = NanosleepUntil(ClockMonotonic, AbsoluteTime, time, IntPtr.Zero);
            return;
        }

        Thread.Sleep(TimeSpan.FromSeconds((double)(until - now) / Stopwatch.Frequency));
    }

    [LibraryImport("libc", EntryPoint = "clock_nanosleep")]
    private static partial int NanosleepUntil(int clock, int flags, in TimeSpec until, IntPtr left);

    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int ControlProcess(int option, nuint second, nuint third, nuint fourth, nuint fifth);

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct TimeSpec(long seconds, long nanoseconds)
    {
        public readonly long Seconds = seconds;
        public readonly long Nanoseconds = nanoseconds;
    }
}
