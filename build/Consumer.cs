// What .ci/consumers builds outside the repository from the packages: a hosted client that arms, cancels and panics at the simulated venue,
// with the key in a keystore.
using Dmex.Fast;
using Dmex.Fast.Hosting;
using Dmex.Fast.Keys;
using Dmex.Fast.Signing;
using Dmex.Fast.Venue;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

var folder = Directory.CreateTempSubdirectory("dmex-consumer-").FullName;
var keystore = Path.Combine(folder, "key.json");
var password = Path.Combine(folder, "password");
File.WriteAllBytes(keystore, Keystore.Write([.. Enumerable.Repeat((byte)0x42, 32)], "correct horse", KeystoreKdf.Pbkdf2));
File.WriteAllText(password, "correct horse\n");
if (!OperatingSystem.IsWindows())
{
    File.SetUnixFileMode(password, UnixFileMode.UserRead | UnixFileMode.UserWrite); // one that others may read is refused
}

await using var venue = await SimulatedVenue.StartAsync(new VenueOptions());
OrderHash[] orders = [.. Enumerable.Range(1, 3).Select(number => new OrderHash([.. Enumerable.Repeat((byte)number, 32)]))];
using (var key = Keystore.Open(File.ReadAllBytes(keystore), "correct horse"))
{
    foreach (var order in orders)
    {
        venue.OpenOrder(order.AsSpan(), key.Address.AsSpan());
    }
}

var builder = Host.CreateEmptyApplicationBuilder(null);
builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
{
    ["Dmex:Endpoint"] = venue.Url.ToString(),
    ["Dmex:Key:Keystore"] = keystore,
    ["Dmex:Key:PasswordFile"] = password,
    ["Dmex:Book:Capacity"] = "100",
    ["Dmex:PanicOnShutdown:Enabled"] = "true",
});
builder.Services.AddDmexFast(builder.Configuration.GetSection("Dmex"));
using var host = builder.Build();
await host.StartAsync();
var client = host.Services.GetRequiredService<IDmexClient>();
client.Book!.Arm(orders[1], tag: 1);
client.Book.Arm(orders[2], tag: 2);
var outcome = await client.CancelAsync(orders[0]);
await host.StopAsync();
Directory.Delete(folder, recursive: true);
Console.WriteLine($"{outcome.Kind}; {venue.CanceledCount} of {orders.Length} canceled");
return outcome.Kind == CancelOutcomeKind.Confirmed && venue.CanceledCount == orders.Length ? 0 : 1;
