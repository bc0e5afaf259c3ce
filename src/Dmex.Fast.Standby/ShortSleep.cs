using System.Runtime.InteropServices;

namespace Dmex.Fast.Standby;

/// <summary>Sleeps for less than the platform's millisecond, where the system allows it.</summary>
internal static partial class ShortSleep
{
    private const uint Microseconds = 200;

    /// <summary>Sleeps for 200 µs; false, and at once, where that cannot be.</summary>
    public static bool TrySleep()
    {
        if (!OperatingSystem.IsLinux() && !OperatingSystem.IsMacOS())
        {
            return false;
        }

        _ = Usleep(Microseconds);
        return true;
    }

    [LibraryImport("libc", EntryPoint = "usleep")]
    private static partial int Usleep(uint microseconds);
}
