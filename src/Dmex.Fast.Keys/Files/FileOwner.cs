using System.Runtime.InteropServices;

namespace Dmex.Fast.Keys.Files;

/// <summary>What the base library does not tell about owners and groups of files; Linux and macOS only.</summary>
internal static partial class FileOwner
{
    private const int EmptyPath = 0x1000;
    private const uint BasicFields = 0x7FF;
    private const int StatusSize = 256;

    /// <summary>The owner, the group and the mode of an open file, its type among the bits; null where that cannot be found out.</summary>
    public static unsafe (uint Owner, uint Group, int Mode)? ReadStatus(SafeHandle file)
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        // statx has one layout on every processor: owner at 20, group at 24, mode at 28.
        var status = stackalloc byte[StatusSize];
        try
        {
            return Status(file, string.Empty, EmptyPath, BasicFields, status) == 0
                ? (*(uint*)(status + 20), *(uint*)(status + 24), *(ushort*)(status + 28))
                : null;
        }
        catch (EntryPointNotFoundException)
        {
            return null;
        }
    }

    /// <summary>The effective user of this process.</summary>
    [LibraryImport("libc", EntryPoint = "geteuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial uint EffectiveUser();

    /// <summary>The groups of this process.</summary>
    public static HashSet<uint> Groups()
    {
        var groups = new uint[Math.Max(0, SupplementaryGroups(0, null))];
        var count = SupplementaryGroups(groups.Length, groups);
        return [EffectiveGroup(), .. groups.Take(Math.Max(0, count))];
    }

    [LibraryImport("libc", EntryPoint = "getegid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial uint EffectiveGroup();

    [LibraryImport("libc", EntryPoint = "getgroups", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SupplementaryGroups(int size, uint[]? groups);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static unsafe partial int Status(SafeHandle directory, string path, int flags, uint mask, byte* status);
}
