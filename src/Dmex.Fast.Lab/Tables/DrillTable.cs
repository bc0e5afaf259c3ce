using System.Globalization;
using Dmex.Fast.Lab.Drills;

namespace Dmex.Fast.Lab.Tables;

/// <summary>Prints a drill as a table for people.</summary>
internal static class DrillTable
{
    /// <summary>Prints to standard output; plain when it is not a terminal.</summary>
    public static void Write(DrillReport report)
    {
        var rounds = report.Rounds;
        var table = new FigureTable("engine, in ms", rounds.Select(round => round.Fault.ToString().ToLowerInvariant()));
        table.Add("orders armed", rounds.Select(round => Figures.Count(round.Orders)));
        table.Add("fault to trigger", rounds.Select(round => Text(round.Triggered)));
        table.Add(
            "of it beyond the ttl",
            rounds.Select(round => round.Fault == DrillFault.Killed ? "" : Text(round.Triggered - round.Ttl)));
        table.Add("trigger to first byte", rounds.Select(round => Text(round.FirstByte)));
        table.Add("trigger to last byte", rounds.Select(round => Text(round.LastByte)));
        table.Add("trigger to last answer", rounds.Select(round => Text(round.LastConfirmation)));
        table.Add("fault to last answer", rounds.Select(round => Text(round.Total)));
        table.Add("canceled at the venue", rounds.Select(round => Figures.Count(round.CanceledAtVenue)));
        table.Add("open at the venue", rounds.Select(round => Figures.Count(round.OpenAtVenue)));
        table.Add("engine resumed", rounds.Select(round => round.EngineResumed switch { true => "yes", false => "no", null => "" }));
        table.Write();
        Console.WriteLine("Killed: SIGKILL. Stopped: SIGSTOP, until the standby has fired. Hung: the process lives, and its loop does "
            + "not pulse.");
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"The ttl is {rounds[0].Ttl:N0} ms. The venue is simulated, over TLS on loopback; engine, standby and venue are processes "
                + $"of their own."));
    }

    private static string Text(double milliseconds) =>
        double.IsNaN(milliseconds) ? Figures.Unknown : milliseconds.ToString("N2", CultureInfo.InvariantCulture);
}
