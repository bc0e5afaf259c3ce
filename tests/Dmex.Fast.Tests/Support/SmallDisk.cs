using System.Diagnostics;
using Xunit;

namespace Dmex.Fast.Tests.Support;

/// <summary>A file system of 1 MiB in memory, which needs the right to mount one; and commands as an operator runs them.</summary>
internal static class SmallDisk
{
    public static bool TryMount(string folder) =>
        OperatingSystem.IsLinux() && File.Exists("/bin/mount") && TryRun("mount", "-t", "tmpfs", "-o", "size=1m", "none", folder);

    public static void Unmount(string folder) => Run("umount", folder);

    /// <summary>Fills the disk; what the last write met.</summary>
    public static IOException Fill(string folder) =>
        Assert.Throws<IOException>(() => File.WriteAllBytes(Filler(folder), new byte[1 << 20]));

    public static void MakeRoom(string folder) => File.Delete(Filler(folder));

    public static void Run(string command, params string[] arguments) =>
        Assert.True(TryRun(command, arguments), $"{command} {string.Join(' ', arguments)}");

    private static bool TryRun(string command, params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(command, arguments) { UseShellExecute = false, RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }

    private static string Filler(string folder) => Path.Combine(folder, "filler");
}
