using System.Globalization;

namespace Dmex.Fast.Beats;

/// <summary>
/// Names a process for good: its number is used again, and together with when it started, and in which boot of the host, it is not.
/// </summary>
/// <param name="Id">Its number.</param>
/// <param name="StartedAt">In clock ticks since the boot (proc(5), field 22 of stat).</param>
/// <param name="Boot">The host's boot.</param>
internal readonly record struct ProcessMark(int Id, long StartedAt, Guid Boot)
{
    // Behind the command, which is in brackets and may hold anything, field 3 comes first.
    private const int StartField = 22 - 3;

    /// <summary>This process.</summary>
    public static ProcessMark Current { get; } = new(Environment.ProcessId, StartOf("self") ?? 0, ReadBoot());

    /// <summary>Whether the process runs; one that has ended and was not waited for yet does not.</summary>
    public bool IsRunning => Boot == Current.Boot && StartOf(Id.ToString(CultureInfo.InvariantCulture)) == StartedAt;

    private static long? StartOf(string process)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{process}/stat");
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] is "Z" or "X" ? null : long.Parse(fields[StartField], CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static Guid ReadBoot() => Guid.Parse(File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim());
}
