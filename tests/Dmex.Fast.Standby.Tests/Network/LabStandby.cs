using System.Globalization;
using Dmex.Fast.Standby.Nats;
using Dmex.Fast.Standby.Tests.Support;

namespace Dmex.Fast.Standby.Tests.Network;

/// <summary>A standby's process: it never has the account's key, and fires by a client of its own.</summary>
internal static class LabStandby
{
    private const int Capacity = 4096;

    public static StandbyClusterOptions OptionsOf(string name, string book) => new() { Name = name, Book = book };

    public static async Task RunAsync(
        string file, Uri venue, string name, IsolationPolicy policy, CancellationToken cancellationToken)
    {
        var options = NatsStandbyOptions.Load(file);
        await using var link = NatsStandbyLink.Open(options);
        using var key = StandbyKey.OpenFile(options.KeyFile!);
        using var accountKey = LabVenue.OpenKey();
        using var book = CancelBook.Create(new CancelBookOptions
        {
            Capacity = Capacity,
            Endpoint = venue,
            Account = accountKey.Address,
            VerifyArmed = false, // the venue verifies, and a fire does not wait
        });
        await using var client = await DmexClient.ConnectAsync(
            new DmexClientOptions { Endpoint = venue, AllowPlaintext = true, Book = book }, key: null, cancellationToken);
        var settings = OptionsOf(name, options.Book);
        settings.OnIsolated = policy;
        await using var standby = new StandbyService(settings, key, link, new ClientFirer(client));
        standby.Fired += (_, fired) => LabProgram.Say(string.Create(
            CultureInfo.InvariantCulture,
            $"fired={fired.Evidence.Reason} silent={(long)fired.Evidence.Silent.TotalMilliseconds} witnesses={fired.Evidence.Witnesses}"));
        standby.Start();
        while (true)
        {
            var state = standby.State;
            LabProgram.Say(string.Create(
                CultureInfo.InvariantCulture,
                $"orders={state.Orders} canfire={(state.CanFire ? 1 : 0)} generation={state.Generation} fenced={state.Fenced}"));
            await Task.Delay(50, cancellationToken);
        }
    }
}
