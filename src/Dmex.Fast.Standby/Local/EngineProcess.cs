using System.Runtime.InteropServices;
using Dmex.Fast.Beats;
using Microsoft.Win32.SafeHandles;

namespace Dmex.Fast.Standby.Local;

/// <summary>
/// A process by its descriptor (pidfd_open(2)), which becomes readable at the moment that it ends, and is never another process.
/// Thread-safe.
/// </summary>
internal sealed partial class EngineProcess : IDisposable
{
    private const nint PidfdOpen = 434; // the same on every processor
    private const int NoSuchProcess = 3;
    private const short Readable = 1;

    private readonly SafeFileHandle? _handle;

    private EngineProcess(SafeFileHandle? handle) => _handle = handle;

    /// <summary>Opens a process; one that has ended, or was ended and whose number another one has by now, counts as ended.</summary>
    /// <exception cref="BeatPageException">The system has no such descriptors.</exception>
    public static EngineProcess Open(in ProcessMark process)
    {
        var descriptor = SystemCall(PidfdOpen, process.Id, 0);
        if (descriptor < 0)
        {
            var error = Marshal.GetLastPInvokeError();
            return error == NoSuchProcess ? new EngineProcess(null) : throw new BeatPageException(
                BeatPageError.NotSupported,
                $"Process {process.Id} cannot be watched ({Marshal.GetPInvokeErrorMessage(error)}): a standby on the same host needs "
                    + $"Linux 5.3 or later.");
        }

        // From here on the descriptor is one process; is it the one?
        var handle = new SafeFileHandle((nint)descriptor, ownsHandle: true);
        if (process.IsRunning)
        {
            return new EngineProcess(handle);
        }

        handle.Dispose();
        return new EngineProcess(null);
    }

    /// <summary>Waits for the process's end for so many milliseconds; whether it has ended.</summary>
    public bool HasEnded(int patience)
    {
        if (_handle is null)
        {
            return true;
        }

        var poll = new PollEntry { Descriptor = (int)_handle.DangerousGetHandle(), Events = Readable };
        return Poll(ref poll, 1, patience) > 0; // interrupted: the next look
    }

    /// <inheritdoc/>
    public void Dispose() => _handle?.Dispose();

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint SystemCall(nint number, nint process, nint flags);

    [LibraryImport("libc", EntryPoint = "poll")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Poll(ref PollEntry entries, nuint count, int milliseconds);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }
}
