using System.Net.WebSockets;
using System.Security.Cryptography;
using Dmex.Fast.Lab.Reporting;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Lab.Venues;

/// <summary>What every measurement against the simulated venue needs: the venue, a key, and a time limit.</summary>
internal static class MeasuringRig
{
    /// <summary>Runs a part of a measurement with a time limit, and words what the venue's failing looks like.</summary>
    public static async Task<T> GuardAsync<T>(Func<CancellationToken, Task<T>> part, int orders, CancellationToken cancellationToken)
    {
        // A venue that falls silent must end the run, not hang it: 100 ms per cancel is beyond any machine's worst.
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(TimeSpan.FromMinutes(2) + (TimeSpan.FromMilliseconds(100) * orders));
        try
        {
            return await part(deadline.Token);
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested
            && error is InvalidOperationException or WebSocketException or IOException or OperationCanceledException)
        {
            throw new LabException(
                LabFailure.Venue,
                $"The simulated venue stopped answering: {error.Message}",
                "Run the command again; if it stays, report it with the line above.",
                error);
        }
    }

    /// <summary>Starts the venue, in a process of its own where one can be started.</summary>
    public static async Task<IMeasuredVenue> StartVenueAsync(ILabProgress progress, CancellationToken cancellationToken)
    {
        progress.Stage("Starting the venue");
        try
        {
            return await VenueProcess.StartAsync(cancellationToken);
        }
        catch (InvalidOperationException error)
        {
            progress.Warn($"{error.Message} The venue runs in this process instead: its allocation is counted too.");
            return await InProcessVenue.StartAsync(InProcessVenue.ForFigures, cancellationToken);
        }
    }

    /// <summary>A key for this run alone: it owns nothing, so the other ways' libraries may keep copies of it.</summary>
    public static SigningKey CreateKey(byte[] privateKey)
    {
        while (true)
        {
            RandomNumberGenerator.Fill(privateKey);
            try
            {
                return SigningKey.FromBytes(privateKey);
            }
            catch (ArgumentException)
            {
                // Zero, or the group order and beyond: once in 2^127 draws. Draw again.
            }
        }
    }
}
