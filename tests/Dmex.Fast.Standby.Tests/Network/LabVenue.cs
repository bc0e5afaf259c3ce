using System.Diagnostics;
using System.Globalization;
using System.Net;
using Dmex.Fast.Signing;
using Dmex.Fast.Standby.Tests.Nats;
using Dmex.Fast.Standby.Tests.Support;
using Dmex.Fast.Venue;

namespace Dmex.Fast.Standby.Tests.Network;

/// <summary>The venue's host: the orders are open from the start, and it tells what its transcript says.</summary>
internal static class LabVenue
{
    public const int Port = 8080;

    /// <summary>The account's key, which the engine has and no standby.</summary>
    public static SigningKey OpenKey() => SigningKey.FromBytes([.. Enumerable.Repeat((byte)0x11, SigningKey.Size)]);

    public static async Task RunAsync(int count, CancellationToken cancellationToken)
    {
        // Every signature is checked after its reply: BouncyCastle takes some 300 microseconds for one, far more than the rest.
        VenueOptions options = new() { Verification = VenueVerification.Deferred };
        await using var venue = await SimulatedVenue.StartAsync(options, cancellationToken);
        await using var relay = new TcpRelay(new IPEndPoint(IPAddress.Any, Port), venue.Url.Port);
        using var key = OpenKey();
        for (var i = 1; i <= count + LabEngine.ArmedAfterResume; i++)
        {
            venue.OpenOrder(TestBook.Hash(i).AsSpan(), key.Address.AsSpan());
        }

        var received = -1L;
        while (true)
        {
            var isSettled = received == venue.MessagesReceived;
            received = venue.MessagesReceived;
            var verified = isSettled ? await SayVerifiedAsync(venue, cancellationToken) : null;
            LabProgram.Say(string.Create(CultureInfo.InvariantCulture, $"open={venue.OpenCount} received={received}{verified}"));
            await Task.Delay(50, cancellationToken);
        }
    }

    /// <summary>What the transcript says, while nothing comes.</summary>
    private static async Task<string> SayVerifiedAsync(SimulatedVenue venue, CancellationToken cancellationToken)
    {
        await venue.WaitUntilVerifiedAsync(cancellationToken);
        var transcript = venue.Transcript;
        var first = transcript.Count == 0 ? 0 : transcript.Min(record => record.ReceivedTimestamp) * 1000 / Stopwatch.Frequency;
        var last = transcript.Count == 0 ? 0 : transcript.Max(record => record.DecidedTimestamp) * 1000 / Stopwatch.Frequency;
        return string.Create(CultureInfo.InvariantCulture, $" valid={venue.CanceledWithValidSignature} first={first} last={last}");
    }
}
