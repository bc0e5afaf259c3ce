using System.Diagnostics.Metrics;
using System.Globalization;
using Dmex.Fast.Standby.Firing;
using Dmex.Fast.Standby.Nats;
using Dmex.Fast.Standby.Tests.Support;

namespace Dmex.Fast.Standby.Tests.Network;

/// <summary>A standby's process: it never has the account's key, and fires by a client of its own.</summary>
internal static class LabStandby
{
    /// <summary>The arguments that say whether the engine's beats come by UDP, too.</summary>
    public const string Udp = "udp";

    public const string NoUdp = "no-udp";

    private const int UdpPort = 4300;

    public static TimeSpan Ttl { get; } = OptionsOf("any", "any", NoUdp).Ttl;

    public static TimeSpan IsolatedAfter { get; } = OptionsOf("any", "any", NoUdp).IsolatedAfter;

    /// <summary>With UDP the engine, which no server answers, goes on while its beats arrive.</summary>
    public static StandbyClusterOptions OptionsOf(string name, string book, string udp)
    {
        var options = new StandbyClusterOptions { Name = name, Book = book };
        if (string.Equals(udp, Udp, StringComparison.Ordinal))
        {
            options.OnEngineIsolated = EngineIsolationPolicy.Alarm;
            options.UdpPeers =
            [
                $"{NetworkLab.AddressOf(NetworkLab.FirstStandby)}:{UdpPort}",
                $"{NetworkLab.AddressOf(NetworkLab.SecondStandby)}:{UdpPort}",
            ];
            options.UdpListen = $"0.0.0.0:{UdpPort}";
        }

        return options;
    }

    public static async Task RunAsync(
        string file, Uri venue, string name, IsolationPolicy policy, string udp, CancellationToken cancellationToken)
    {
        var options = NatsStandbyOptions.Load(file);
        await using var link = NatsStandbyLink.Open(options);
        using var key = StandbyKey.OpenFile(options.KeyFile!);
        using var accountKey = LabVenue.OpenKey();
        await using var firer = new VenueFirer(new DmexClientOptions { Endpoint = venue, AllowPlaintext = true }, new PanicOptions());
        await firer.ConnectAsync(new StandbyOwner(accountKey.Address, venue), cancellationToken);
        var settings = OptionsOf(name, options.Book, udp);
        settings.OnIsolated = policy;
        await using var standby = new StandbyService(settings, key, link, firer);
        standby.Fired += (_, fired) => LabProgram.Say(string.Create(
            CultureInfo.InvariantCulture,
            $"fired={fired.Evidence.Reason} silent={(long)fired.Evidence.Silent.TotalMilliseconds} witnesses={fired.Evidence.Witnesses}"));
        using MeterListener listener = new();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (string.Equals(instrument.Name, "dmex.standby.fire.duration", StringComparison.Ordinal))
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<double>((_, seconds, _, _) => LabProgram.Say(string.Create(
            CultureInfo.InvariantCulture, $"firstbyte={(long)(seconds * 1e6)}")));
        listener.Start();
        standby.Start();
        while (true)
        {
            var state = standby.State;
            LabProgram.Say(string.Create(
                CultureInfo.InvariantCulture,
                $"orders={state.Orders} canfire={(state.CanFire ? 1 : 0)} generation={state.Generation} fenced={state.Fenced} ")
                + LabProgram.Resident);
            await Task.Delay(50, cancellationToken);
        }
    }
}
