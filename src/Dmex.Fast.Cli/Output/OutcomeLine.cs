using System.Diagnostics;
using System.Globalization;
using System.Text;
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
        if (outcome is { ResolvedTimestamp: > 0, AcceptedTimestamp: > 0 })
        {
            var time = Stopwatch.GetElapsedTime(outcome.AcceptedTimestamp, outcome.ResolvedTimestamp);
            _ = line.Append(CultureInfo.InvariantCulture, $" {time.TotalMilliseconds:0.000} ms");
        }

        if (!string.IsNullOrEmpty(outcome.Reason))
        {
            _ = line.Append(": ").Append(Printable(outcome.Reason));
        }

        return line.ToString();
    }

    /// <summary>What an outcome means for the exit code.</summary>
    public static ExitCode ExitCodeOf(in CancelOutcome outcome) => outcome.Kind switch
    {
        CancelOutcomeKind.Confirmed or CancelOutcomeKind.AlreadyGone => outcome.IsClosed ? ExitCode.Done : ExitCode.StillOpen,
        CancelOutcomeKind.Rejected => ExitCode.Rejected,
        _ => ExitCode.StillOpen,
    };

    private static string Name(in CancelOutcome outcome) => outcome.Kind switch
    {
        CancelOutcomeKind.Confirmed => "confirmed",
        CancelOutcomeKind.AlreadyGone => outcome.GoneReason switch
        {
            GoneReason.Filled => "already-gone(filled)",
            GoneReason.Canceled => "already-gone(canceled)",
            GoneReason.NotFound => "not-found",
            GoneReason.Expired => "already-gone(expired)",
            _ => "already-gone",
        },
        CancelOutcomeKind.Rejected => "rejected",
        _ => outcome.UnresolvedReason switch
        {
            UnresolvedReason.Deadline => "unresolved(no-answer)",
            UnresolvedReason.Throttled => "unresolved(throttled)",
            UnresolvedReason.Busy => "unresolved(venue-busy)",
            UnresolvedReason.ConnectionLost => "unresolved(connection-lost)",
            UnresolvedReason.WaitCanceled => "unresolved(interrupted)",
            _ => "unresolved",
        },
    };

    /// <summary>The venue's text without what could drive a terminal or break the line, and not without end.</summary>
    private static string Printable(string text)
    {
        var printable = new StringBuilder(Math.Min(text.Length, MaxReasonLength));
        foreach (var c in text.AsSpan(0, Math.Min(text.Length, MaxReasonLength)))
        {
            _ = printable.Append(char.IsControl(c) ? '?' : c);
        }

        return printable.ToString();
    }
}
