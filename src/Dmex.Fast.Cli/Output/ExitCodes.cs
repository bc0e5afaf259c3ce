using System.Globalization;
using System.Text;

namespace Dmex.Fast.Cli.Output;

/// <summary>The meaning of each exit code, as the help prints it.</summary>
internal static class ExitCodes
{
    /// <summary>Every code with its meaning, in ascending order.</summary>
    public static IReadOnlyList<(ExitCode Code, string Meaning)> All { get; } =
    [
        (ExitCode.Done, "done; every order is confirmed canceled or was already gone"),
        (ExitCode.StillOpen, "an order may still be open: no answer in time, the connection was lost, or the venue does not know it (yet)"),
        (ExitCode.BadInput, "wrong arguments or input; nothing was sent"),
        (ExitCode.Rejected, "the venue rejected a cancel (worse than 1: sending again will not help)"),
        (ExitCode.ConnectionFailed, "the venue could not be reached or refused the connection"),
        (ExitCode.KeyUnusable, "no key, or a key that cannot be used"),
        (ExitCode.OutputLost,
            "what was asked for could not be written to standard output (where orders were canceled, their outcome is the code)"),
        (ExitCode.InternalError, "a defect in dmex: please report it"),
        (ExitCode.Interrupted, "interrupted by SIGINT (Ctrl+C), SIGTERM or SIGHUP; after cancels were sent, their outcome is the code"),
    ];

    /// <summary>One line a code, for the help of the command.</summary>
    public static string Describe()
    {
        var text = new StringBuilder("Exit codes:");
        foreach (var (code, meaning) in All)
        {
            _ = text.Append('\n').Append(CultureInfo.InvariantCulture, $"  {(int)code,3}  {meaning}");
        }

        return text.ToString();
    }

    /// <summary>The worse of two results of the same command: rejected, then still open, then done.</summary>
    public static ExitCode Worse(ExitCode left, ExitCode right) => Severity(left) >= Severity(right) ? left : right;

    /// <summary>The code of what became of orders.</summary>
    /// <param name="rejected">How many the venue rejected.</param>
    /// <param name="mayBeOpen">Whether one may still be open.</param>
    public static ExitCode Of(int rejected, bool mayBeOpen) =>
        Worse(rejected > 0 ? ExitCode.Rejected : ExitCode.Done, mayBeOpen ? ExitCode.StillOpen : ExitCode.Done);

    private static int Severity(ExitCode code) => code switch
    {
        ExitCode.Done => 0,
        ExitCode.StillOpen => 1,
        ExitCode.Rejected => 2,
        _ => 3,
    };
}
