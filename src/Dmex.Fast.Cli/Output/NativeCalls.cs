using System.Runtime.InteropServices;

namespace Dmex.Fast.Cli.Output;

/// <summary>What the base library does not tell about descriptors; Linux and macOS only.</summary>
internal static partial class NativeCalls
{
    public const int GetDescriptorFlags = 1;
    public const int CloseOnExec = 1;
    public const int Interrupted = 4;
    public const int WouldBlock = 11;
    public const int BrokenPipe = 32;

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int Control(int descriptor, int command);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial nint Write(int descriptor, ReadOnlySpan<byte> bytes, nuint count);
}
