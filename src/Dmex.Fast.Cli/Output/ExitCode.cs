namespace Dmex.Fast.Cli.Output;

/// <summary>What the process returns; <see cref="ExitCodes"/> holds the words for the help.</summary>
internal enum ExitCode
{
    /// <summary>Everything asked for was done.</summary>
    Done = 0,

    /// <summary>An order may still be open.</summary>
    StillOpen = 1,

    /// <summary>The command line or its input is wrong; nothing was sent.</summary>
    BadInput = 2,

    /// <summary>The venue refused at least one cancel.</summary>
    Rejected = 3,

    /// <summary>The venue cannot be reached, or the connection was refused.</summary>
    ConnectionFailed = 4,

    /// <summary>There is no usable key.</summary>
    KeyUnusable = 5,

    /// <summary>What was asked for could not be written to standard output.</summary>
    OutputLost = 6,

    /// <summary>A defect of this program.</summary>
    InternalError = 70,

    /// <summary>Ended by SIGINT (Ctrl+C), SIGTERM or SIGHUP before anything was sent, or without orders.</summary>
    Interrupted = 130,
}
