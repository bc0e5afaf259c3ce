using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using Dmex.Fast.Cli.Output;
using Dmex.Fast.Keys;
using Microsoft.Win32.SafeHandles;

namespace Dmex.Fast.Cli.Input;

/// <summary>The password of a keystore: from a file, a descriptor, or a prompt that does not echo. Cleared when disposed.</summary>
internal sealed class Password : IDisposable
{
    private const int MaxBytes = 1024;

    private readonly char[] _text;

    private Password(ReadOnlySpan<char> text)
    {
        _text = GC.AllocateArray<char>(text.Length, pinned: true);
        text.CopyTo(_text);
    }

    /// <summary>The characters.</summary>
    public ReadOnlySpan<char> Text => _text;

    /// <inheritdoc/>
    public void Dispose() => CryptographicOperations.ZeroMemory(System.Runtime.InteropServices.MemoryMarshal.AsBytes(_text.AsSpan()));

    /// <summary>The option that names the file.</summary>
    public static Option<FileInfo?> CreateFileOption() => new("--password-file")
    {
        HelpName = "FILE",
        Description = "File whose first line is the keystore's password, readable by its owner alone.",
    };

    /// <summary>The option that names the descriptor.</summary>
    public static Option<int> CreateDescriptorOption() => new("--password-fd")
    {
        HelpName = "N",
        Description = "Descriptor to read the password's line from, as in 'dmex … --password-fd 3 3<FILE'.",
        DefaultValueFactory = _ => -1,
        CustomParser = result =>
        {
            if (int.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value > 2)
            {
                return value;
            }

            result.AddError($"--password-fd is a number above 2, not '{result.Tokens[0].Value}'.");
            return -1;
        },
    };

    /// <summary>Reads it; without a file and a descriptor it is asked for.</summary>
    /// <param name="file">Names the file; null for none.</param>
    /// <param name="descriptor">The descriptor; below 0 for none.</param>
    /// <param name="isNew">Whether it is chosen now: it is asked for twice, and may not be empty.</param>
    /// <exception cref="CommandException">There is none, or it cannot be read.</exception>
    public static Password Read(FileInfo? file, int descriptor, bool isNew)
    {
        if (file is not null && descriptor >= 0)
        {
            throw new CommandException(ExitCode.BadInput, "--password-file and --password-fd contradict each other.", "Give one of them.");
        }

        var password = file is not null || descriptor >= 0 ? ReadLine(file, descriptor) : Ask(isNew);
        if (isNew && password.Text.IsEmpty)
        {
            throw Wrong("The password is empty, and would protect nothing.", "Choose one of at least one character.");
        }

        return password;
    }

    private static Password ReadLine(FileInfo? file, int descriptor)
    {
        Span<byte> buffer = stackalloc byte[MaxBytes + 1];
        Span<char> text = stackalloc char[MaxBytes];
        try
        {
            return new Password(text[..(file is not null
                ? KeyFile.ReadPassword(file.FullName, text)
                : KeyFile.DecodePassword(buffer[..ReadDescriptor(descriptor, buffer)], text))]);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(buffer);
            text.Clear();
        }
    }

    private static int ReadDescriptor(int descriptor, Span<byte> buffer)
    {
        if (OperatingSystem.IsWindows() || !StandardStreams.IsInherited(descriptor))
        {
            throw Wrong(
                $"--password-fd {descriptor}: that descriptor is not open.", $"Open it, as in 'dmex … --password-fd {descriptor} "
                + $"{descriptor}<FILE'.");
        }

        try
        {
            using var handle = new SafeFileHandle(descriptor, ownsHandle: false);
            using var stream = new FileStream(handle, FileAccess.Read, bufferSize: 0);
            return stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw Wrong($"--password-fd {descriptor} cannot be read: {error.Message}", "Name a descriptor that is open for reading.");
        }
    }

    private static Password Ask(bool isNew)
    {
        if (Console.IsInputRedirected || !StandardStreams.IsInputOpen)
        {
            throw Wrong("There is no password, and no terminal to ask for it.", "Give --password-file FILE or --password-fd N.");
        }

        var first = Type("Password of the keystore: ");
        if (!isNew)
        {
            return first;
        }

        using var second = Type("The same again: ");
        if (first.Text.SequenceEqual(second.Text))
        {
            return first;
        }

        first.Dispose();
        throw Wrong("The two passwords differ.", "Run the command again.");
    }

    private static Password Type(string prompt)
    {
        _ = Console.KeyAvailable; // prepares the terminal, so that little time passes from the prompt until nothing is echoed
        Console.Error.Write(prompt);
        Span<char> text = stackalloc char[MaxBytes];
        var length = 0;
        try
        {
            while (Console.ReadKey(intercept: true) is var key && key.Key != ConsoleKey.Enter)
            {
                if (key.Key == ConsoleKey.Backspace)
                {
                    length = Math.Max(0, length - 1);
                }
                else if (key.KeyChar != '\0' && length < MaxBytes)
                {
                    text[length++] = key.KeyChar;
                }
            }

            Console.Error.WriteLine();
            return new Password(text[..length]);
        }
        finally
        {
            text.Clear();
        }
    }

    private static CommandException Wrong(string message, string remedy) => new(ExitCode.KeyUnusable, message, remedy);
}
