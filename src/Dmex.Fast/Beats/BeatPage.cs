using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Dmex.Fast.Book.Storage;
using Microsoft.Win32.SafeHandles;

namespace Dmex.Fast.Beats;

/// <summary>
/// The file by which a standby finds an engine, and which keeps what must outlive both: whether the client was closed, which fence was
/// set, and which one the engine has resumed from. It is written by position and never mapped: whatever is done to it ends no process.
/// <code>
/// page = <see cref="BeatPageHead"/>, up to 2048   engine's record, up to 3072   standby's record, up to 4096
/// engine's record:   fence that it has resumed from (8), closed (4), CRC-32C of those (4)
/// standby's record:  fence (8), Unix time in milliseconds (8), why (4), process (4), CRC-32C of those (4)
/// </code>
/// Not thread-safe.
/// </summary>
internal sealed class BeatPage : IDisposable
{
    private const int Size = 4096;
    private const int EngineAt = 2048;
    private const int StandbyAt = 3072;

    private readonly SafeFileHandle _handle;

    private BeatPage(string path, SafeFileHandle handle, BeatPageHead head)
    {
        Path = path;
        _handle = handle;
        Head = head;
    }

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <summary>What its engine said at its start.</summary>
    public BeatPageHead Head { get; }

    /// <summary>Whether the engine's client was closed.</summary>
    public bool IsClosed => ReadEngine().IsClosed != 0;

    /// <summary>The fence that was set last and that the engine has not resumed from; null when there is none.</summary>
    public StandbyFence? Fence =>
        ReadRecord<StandbyRecord>(StandbyAt) is { Fence: not 0 } record && record.Fence != ReadEngine().ResumedFence
            ? new StandbyFence(
                record.Fence,
                (StandbyTrigger)record.Trigger,
                DateTimeOffset.FromUnixTimeMilliseconds(record.UnixMilliseconds),
                record.ProcessId)
            : null;

    /// <summary>Makes an engine's page in the place of an earlier one, and all at once: a standby finds one or the other.</summary>
    /// <param name="path">Where.</param>
    /// <param name="head">What it says.</param>
    /// <param name="fence">A fence of the earlier page that holds on; null for none.</param>
    /// <exception cref="BeatPageException">It cannot be made; the message says why.</exception>
    public static BeatPage Create(string path, BeatPageHead head, StandbyFence? fence)
    {
        var made = $"{path}.{Environment.ProcessId}.new";
        var bytes = new byte[Size];
        head.Write(bytes);
        try
        {
            File.Delete(made); // of an earlier process of this number
            var options = new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.ReadWrite,
                Share = FileShare.ReadWrite | FileShare.Delete,
                BufferSize = 0,
            };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            using var stream = new FileStream(made, options);
            RandomAccess.Write(stream.SafeFileHandle, bytes, 0);
            using var page = new BeatPage(made, stream.SafeFileHandle, head);
            page.WriteEngine(resumedFence: 0, isClosed: false);
            if (fence is { } kept)
            {
                page.WriteFence(kept);
            }

            File.Move(made, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BeatPageException(
                BeatPageError.NotAccessible,
                $"The beat page {path} cannot be made: {e.Message} Name a file in a folder that this user may write, best one in "
                    + $"memory such as /dev/shm.",
                e);
        }

        return Open(path);
    }

    /// <summary>Opens a page to read it, and to write one of its records.</summary>
    /// <exception cref="BeatPageException">It is not there, or no page that can be used; the message says why.</exception>
    public static BeatPage Open(string path)
    {
        SafeFileHandle? handle = null;
        try
        {
            handle = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            if (BookFileAccess.OpenToOthers(handle) is not null)
            {
                throw new BeatPageException(
                    BeatPageError.OpenToOthers, $"{path} can be read or written by others than its owner, who could mislead the "
                        + $"standby (chmod 600).");
            }

            var bytes = new byte[Size];
            var read = RandomAccess.Read(handle, bytes, 0);
            return new BeatPage(path, handle, BeatPageHead.Read(bytes.AsSpan(0, read), path));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new BeatPageException(
                BeatPageError.Missing,
                $"There is no beat page {path}: start the engine with "
                    + $"{nameof(DmexClientOptions.Standby)}.{nameof(StandbyOptions.BeatPage)} set to it, or correct the path.",
                e);
        }
        catch (Exception e) when (e is not BeatPageException and (IOException or UnauthorizedAccessException))
        {
            handle?.Dispose();
            throw new BeatPageException(
                BeatPageError.NotAccessible, $"The beat page {path} cannot be opened: {e.Message} Run the standby as the engine's "
                    + $"user.", e);
        }
        catch
        {
            handle?.Dispose();
            throw;
        }
    }

    /// <summary>Maps the beats of the engine that wrote the page.</summary>
    /// <exception cref="BeatPageException">The engine has ended or was closed, or its memory cannot be opened.</exception>
    public BeatMemory Attach()
    {
        var process = Head.Process;
        if (!process.IsRunning)
        {
            throw Gone();
        }

        Exception? cause = null;
        try
        {
            if (BeatMemory.Attach(process.Id, Head.Descriptor, Head.Engine) is { } memory)
            {
                return memory;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            cause = e;
        }

        throw process.IsRunning
            ? new BeatPageException(
                BeatPageError.NotAttachable,
                $"The beats of process {process.Id} cannot be opened ({cause?.Message ?? "they are not what the page says"}): run the "
                    + $"standby as the engine's user, in the same container.",
                cause)
            : Gone();
    }

    /// <summary>Writes the engine's record.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void WriteEngine(ulong resumedFence, bool isClosed) =>
        WriteRecord(EngineAt, new EngineRecord { ResumedFence = resumedFence, IsClosed = isClosed ? 1 : 0 });

    /// <summary>Writes the standby's record.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void WriteFence(in StandbyFence fence) => WriteRecord(StandbyAt, new StandbyRecord
    {
        Fence = fence.Id,
        UnixMilliseconds = fence.FencedAt.ToUnixTimeMilliseconds(),
        Trigger = (int)fence.Trigger,
        ProcessId = fence.ProcessId,
    });

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    private BeatPageException Gone()
    {
        var engine = $"The engine of {Path}, process {Head.Process.Id}";
        return IsClosed ? new BeatPageException(BeatPageError.Closed, $"{engine}, was closed: there is nothing to watch.")
            : Fence is { } fence ? new BeatPageException(BeatPageError.Ended, $"{engine}, has ended, and a standby has fired its book "
                + $"({fence}).")
            : new BeatPageException(
                BeatPageError.Ended, $"{engine}, has ended without being closed, and no standby has fired its book: its orders may be "
                    + $"open.");
    }

    private EngineRecord ReadEngine() => ReadRecord<EngineRecord>(EngineAt);

    /// <summary>A record; the default value when it is not whole.</summary>
    private T ReadRecord<T>(long at)
        where T : unmanaged
    {
        Span<byte> bytes = stackalloc byte[Unsafe.SizeOf<T>() + sizeof(uint)];
        return RandomAccess.Read(_handle, bytes, at) == bytes.Length
            && BookChecksum.Of(bytes[..^sizeof(uint)]) == MemoryMarshal.Read<uint>(bytes[^sizeof(uint)..])
                ? MemoryMarshal.Read<T>(bytes)
                : default;
    }

    private void WriteRecord<T>(long at, T record)
        where T : unmanaged
    {
        Span<byte> bytes = stackalloc byte[Unsafe.SizeOf<T>() + sizeof(uint)];
        MemoryMarshal.Write(bytes, record);
        MemoryMarshal.Write(bytes[^sizeof(uint)..], BookChecksum.Of(bytes[..^sizeof(uint)]));
        RandomAccess.Write(_handle, bytes, at);
    }

    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    private struct EngineRecord
    {
        public ulong ResumedFence;
        public int IsClosed;
    }

    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    private struct StandbyRecord
    {
        public ulong Fence;
        public long UnixMilliseconds;
        public int Trigger;
        public int ProcessId;
    }
}
