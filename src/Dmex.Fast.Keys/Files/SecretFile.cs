using Microsoft.Win32.SafeHandles;

namespace Dmex.Fast.Keys.Files;

/// <summary>Reads and makes small files that only their owner, or a group of this process, may read: keys, passwords, tokens.</summary>
internal static class SecretFile
{
    private const int TypeBits = 0xF000;
    private const int Pipe = 0x1000;
    private const int Regular = 0x8000;

    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <summary>Reads all of it.</summary>
    /// <param name="what">What to call it, as in <c>key file</c>.</param>
    /// <param name="path">The file, or a pipe.</param>
    /// <param name="buffer">Receives it; one byte longer than what is accepted.</param>
    /// <returns>How many bytes were read; the length of <paramref name="buffer"/> when there is more than is accepted.</returns>
    /// <exception cref="SecretFileException">It cannot be read, is no file, or is open to others.</exception>
    public static int Read(string what, string path, Span<byte> buffer)
    {
        if (Directory.Exists(path))
        {
            throw Wrong($"{path} is a directory, not a {what}.", "Name the file in it.");
        }

        try
        {
            // No buffer: the bytes go from the kernel to the caller's span and nowhere else.
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            RefuseOpenToOthers(what, file.SafeFileHandle, path);
            return file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Wrong($"The {what} {path} cannot be read: {FileCause.Of(error, path)}",
                "Check the path, and that you may read the file.");
        }
    }

    /// <summary>Makes a file with mode 0600. One that is there is never overwritten; one that cannot be written whole is removed.</summary>
    /// <param name="path">The file.</param>
    /// <param name="text">All of it.</param>
    /// <exception cref="SecretFileException">There is such a file already, or it cannot be written.</exception>
    public static void WriteNew(string path, ReadOnlySpan<byte> text)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        var isMade = false;
        try
        {
            using var file = new FileStream(path, options);
            isMade = true;
            file.Write(text);
            file.Flush(flushToDisk: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            if (isMade)
            {
                File.Delete(path);
            }

            RefuseExisting(path);
            throw Unwritable($"{path} cannot be written: {FileCause.Of(error, path)}");
        }
    }

    /// <summary>Refuses a path where something is already.</summary>
    /// <exception cref="SecretFileException">There is.</exception>
    public static void RefuseExisting(string path)
    {
        if (Path.Exists(path))
        {
            throw Unwritable($"{path} is there already, and a key is never overwritten.");
        }
    }

    private static SecretFileException Unwritable(string message) =>
        new(message, "Name a new file, in a folder that you may write to.") { IsOutput = true };

    /// <summary>Looks at the open file and not at its path, so that it cannot be swapped in between.</summary>
    private static void RefuseOpenToOthers(string what, SafeFileHandle file, string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var status = FileOwner.ReadStatus(file);
        if (status is { } found && (found.Mode & TypeBits) is not (Regular or Pipe))
        {
            throw Wrong($"{path} is a device, not a {what}.", "Name a file.");
        }

        var mode = File.GetUnixFileMode(file);
        var opened = mode & Others;
        if (opened == UnixFileMode.None)
        {
            return;
        }

        // A secret that is mounted into a container belongs to somebody else, or to a file system that cannot be changed.
        var isOwner = status is null || status.Value.Owner == FileOwner.EffectiveUser();
        var isMounted = !isOwner || (mode & UnixFileMode.UserWrite) == UnixFileMode.None;
        var groups = FileOwner.Groups();
        if (opened == UnixFileMode.GroupRead && isMounted && status is { } by && groups.Contains(by.Group))
        {
            return;
        }

        var who = opened == UnixFileMode.GroupRead && status is { } group ? $"the group {group.Group}" : "other users";
        throw Wrong(
            $"The {what} {path} can be read or written by {who} (mode {Convert.ToString((int)mode, 8).PadLeft(4, '0')}).",
            isOwner
                ? $"Run 'chmod 600 {path}'. If somebody else may have read it, replace the secret."
                : $"It belongs to the user {status!.Value.Owner}, who must make its mode 0440 with one of this process's groups "
                    + $"({string.Join(", ", groups.Order())}).");
    }

    private static SecretFileException Wrong(string message, string remedy) => new(message, remedy);
}
