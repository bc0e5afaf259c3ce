using System.Text;

namespace Dmex.Fast.Cli.Output;

/// <summary>
/// The three streams that a process is given, or is not. A number that was closed is soon that of a socket or of a pipe inside the
/// runtime, so it is never read or written here. Claimed once, at the start.
/// </summary>
internal static class StandardStreams
{
    private static readonly List<IDisposable> Placeholders = [];

    /// <summary>Whether standard input was open at the start.</summary>
    public static bool IsInputOpen { get; private set; } = true;

    /// <summary>Standard output, under <see cref="Console.Out"/>.</summary>
    public static OutputStream Output { get; private set; } = new(1, isOpen: true);

    /// <summary>Takes the place of the base library's streams, which throw, or hang where one is closed.</summary>
    public static void Claim()
    {
        IsInputOpen = IsGiven(0);
        Output = new OutputStream(1, IsGiven(1));
        Console.SetOut(Writer(Output));
        Console.SetError(Writer(new OutputStream(2, IsGiven(2))));
    }

    /// <summary>Whether a descriptor is open and was given to this process; not on Windows.</summary>
    public static bool IsInherited(int descriptor)
    {
        // What was inherited cannot be one that closes when a program is executed: such a number is the runtime's own.
        var flags = NativeCalls.Control(descriptor, NativeCalls.GetDescriptorFlags);
        return flags >= 0 && (flags & NativeCalls.CloseOnExec) == 0;
    }

    /// <summary>Says what was lost of standard output, and what the process returns then.</summary>
    public static ExitCode Conclude(ExitCode code)
    {
        if (Output.Failure is not { } failure)
        {
            return code;
        }

        Console.Error.WriteLine($"dmex: Standard output could not be written: {failure}.");
        if (Interruption.HasSent)
        {
            Console.Error.WriteLine("      The exit code tells the outcome all the same.");
        }

        return code == ExitCode.Done && !Interruption.HasSent ? ExitCode.OutputLost : code;
    }

    private static StreamWriter Writer(OutputStream stream) =>
        new(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true };

    private static bool IsGiven(int descriptor)
    {
        if (OperatingSystem.IsWindows())
        {
            return true;
        }

        if (NativeCalls.Control(descriptor, NativeCalls.GetDescriptorFlags) < 0)
        {
            // Taken before a socket gets the number, for whatever writes to it all the same.
            Placeholders.Add(File.OpenHandle("/dev/null", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite));
            return false;
        }

        return IsInherited(descriptor);
    }
}
