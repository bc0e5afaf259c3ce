using System.Diagnostics;
using System.Globalization;
using System.Text;
using Dmex.Fast.Lab.Tables;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Cli.Output;

/// <summary>One line for one order: hash, outcome, time, and the venue's words if there are any.</summary>
internal static class OutcomeLine
{
    private const int MaxReasonLength = 200;

    /// <summary><c>0x… confirmed 0.412 ms</c>, <c>0x… rejected 0.398 ms: not the owner</c>, and so on.</summary>
    public static string Format(in OrderHash order, in CancelOutcome outcome)
    {
        var line = new StringBuilder();
        _ = line.Append(CultureInfo.InvariantCulture, $"{order} {Name(outcome)}");
        if (Time(outcome) is { } time)
        {
            _ = line.Append(' ').Append(Figures.Milliseconds(time));
        }

        var notes = Notes(outcome);
        return notes.Count == 0 ? line.ToString() : line.Append(": ").AppendJoin("; ", notes).ToString();
    }

    /// <summary>From the call to the answer, or to the end of the wait; null when the cancel was not accepted.</summary>
    public static TimeSpan? Time(in CancelOutcome outcome) => outcome is { ResolvedTimestamp: > 0, AcceptedTimestamp: > 0 }
        ? Stopwatch.GetElapsedTime(outcome.AcceptedTimestamp, outcome.ResolvedTimestamp) : null;

    /// <summary>What an outcome means for the exit code.</summary>
    public static ExitCode ExitCodeOf(in CancelOutcome outcome) => outcome.Kind switch
    {
        CancelOutcomeKind.Confirmed or CancelOutcomeKind.AlreadyGone => outcome.IsClosed ? ExitCode.Done : ExitCode.StillOpen,
        CancelOutcomeKind.Rejected => ExitCode.Rejected,
        _ => ExitCode.StillOpen,
    };

    /// <summary>What became of it, in a word.</summary>
    public static string Name(in CancelOutcome outcome) => outcome.Kind switch
    {
        CancelOutcomeKind.Confirmed => "confirmed",
        CancelOutcomeKind.AlreadyGone => outcome.GoneReason switch
        {
            GoneReason.Filled => "already-gone(filled)",
            GoneReason.Canceled => "already-gone(canceled)",
            GoneReason.NotFound => "not-found",
            GoneReason.Expired => "already-gone(expired)",
            GoneReason.NotListed => "already-gone(not-listed)",
            _ => "already-gone",
        },
        CancelOutcomeKind.Rejected => "rejected",
        _ => outcome.UnresolvedReason switch
        {
            UnresolvedReason.Deadline => "unresolved(no-answer)",
            UnresolvedReason.Throttled => "unresolved(throttled)",
            UnresolvedReason.Busy => "unresolved(venue-busy)",
            UnresolvedReason.StillOpen => "unresolved(still-listed)",
            UnresolvedReason.ConnectionLost => "unresolved(connection-lost)",
            UnresolvedReason.Abandoned => outcome.AcceptedTimestamp > 0 ? "unresolved(interrupted)" : "not-sent(interrupted)",
            _ => "unresolved",
        },
    };

    private static List<string> Notes(in CancelOutcome outcome)
    {
        var notes = new List<string>();
        if (!string.IsNullOrEmpty(outcome.Reason))
        {
            notes.Add(Printable(outcome.Reason));
        }

        if (outcome.MayBeOwnCancel)
        {
            notes.Add("perhaps by another copy of this cancel");
        }

        if (outcome is { Kind: CancelOutcomeKind.Unresolved, Acknowledgments: > 0 })
        {
            notes.Add("the venue has the cancel, and has not said that it carried it out");
        }

        if (outcome.UnknownMessages > 0)
        {
            notes.Add(
                $"{Figures.Count(outcome.UnknownMessages)} {(outcome.UnknownMessages == 1 ? "message" : "messages")} that no rule knows");
        }

        return notes;
    }

    /// <summary>The venue's text without what could drive a terminal or break the line, and not without end.</summary>
    public static string Printable(string text)
    {
        var printable = new StringBuilder(Math.Min(text.Length, MaxReasonLength));
        foreach (var c in text.AsSpan(0, Math.Min(text.Length, MaxReasonLength)))
        {
            _ = printable.Append(char.IsControl(c) ? '?' : c);
        }

        return printable.ToString();
    }
}
