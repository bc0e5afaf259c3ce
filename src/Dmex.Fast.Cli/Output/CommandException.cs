namespace Dmex.Fast.Cli.Output;

/// <summary>An expected failure of a command: what went wrong, what to do about it, and the exit code.</summary>
internal sealed class CommandException : Exception
{
    /// <summary>Describes a failure to the user.</summary>
    /// <param name="exitCode">What the process returns.</param>
    /// <param name="message">What went wrong, as one or more sentences.</param>
    /// <param name="remedy">What to do about it.</param>
    /// <param name="innerException">The cause, for a debugger; it is not printed.</param>
    public CommandException(ExitCode exitCode, string message, string remedy, Exception? innerException = null)
        : base(message, innerException)
    {
        ExitCode = exitCode;
        Remedy = remedy;
    }

    /// <summary>What the process returns.</summary>
    public ExitCode ExitCode { get; }

    /// <summary>What to do about it.</summary>
    public string Remedy { get; }
}
