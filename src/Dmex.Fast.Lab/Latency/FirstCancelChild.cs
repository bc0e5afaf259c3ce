using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Dmex.Fast.Lab.Clocks;
using Dmex.Fast.Lab.Reporting;
using Dmex.Fast.Lab.Venues;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Lab.Latency;

/// <summary>
/// A new process of <see cref="FirstCancelRunner"/>: reads where to connect from its standard input, cancels one order, and
/// prints its time stamps. The key is one of the run's own, which owns nothing elsewhere.
/// </summary>
internal static class FirstCancelChild
{
    /// <summary>
    /// Does it. One line in: cold or warmed, URL, certificate (DER, base64), private key (hex), order. One line out: five time stamps and
    /// the outcome.
    /// </summary>
    public static async Task RunAsync(TextReader input, TextWriter output, CancellationToken cancellationToken)
    {
        var main = Stopwatch.GetTimestamp();
        var parts = (await input.ReadLineAsync(cancellationToken) ?? "").Split(' ');
        if (parts is not [var how, var url, var certificate, var keyText, var order])
        {
            throw new LabException(LabFailure.Input, "--first-child reads one line from the process that starts it.", "Use --first.");
        }

        using var key = SigningKey.Parse(keyText.AsSpan());
        var hash = OrderHash.Parse(order);
        var options = new DmexClientOptions { Endpoint = new Uri(url), Account = key.Address }.Patient();
        options.Transport.TrustRoots = [X509CertificateLoader.LoadCertificate(Convert.FromBase64String(certificate))];

        // As dmex cancel does: one is done while the other waits for the network.
        var warming = how is FirstCancelRunner.Warmed ? Task.Run(DmexClient.WarmUp, cancellationToken) : Task.FromResult(TimeSpan.Zero);
        await using var client = await DmexClient.ConnectAsync(options, key, cancellationToken);
        _ = await warming;
        var connected = Stopwatch.GetTimestamp();
        var called = Stopwatch.GetTimestamp();
        var outcome = await client.CancelAsync(hash, cancellationToken);
        var answered = Stopwatch.GetTimestamp();
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"{main} {connected} {called} {outcome.WrittenTimestamp} {answered} {(outcome.Kind == CancelOutcomeKind.Confirmed ? 1 : 0)}"));
    }
}
