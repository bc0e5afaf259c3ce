using Dmex.Fast;
using Dmex.Fast.Signing;

// Cancels one order: dotnet run --project samples/Minimal -- KEYFILE URL HASH
var (keyText, url, orderHash) = (File.ReadAllText(args[0]).Trim().ToCharArray(), args[1], args[2]);

// <example>
using var key = SigningKey.Parse(keyText);
var options = new DmexClientOptions { Endpoint = new Uri(url), Account = key.Address };
await using var client = await DmexClient.ConnectAsync(options, key);

var outcome = await client.CancelAsync(OrderHash.Parse(orderHash));
var line = outcome.Kind switch
{
    CancelOutcomeKind.Confirmed => "canceled",
    CancelOutcomeKind.AlreadyGone when outcome.IsClosed => $"was not open any more: {outcome.GoneReason}",
    CancelOutcomeKind.AlreadyGone => "the venue does not know it: perhaps not yet", // it may be on its way, and open then
    CancelOutcomeKind.Rejected => $"refused: {outcome.Reason}",
    _ => $"may still be open: {outcome.UnresolvedReason}", // send it again: twice does no harm
};
// </example>
Console.WriteLine(line);
return outcome.IsClosed ? 0 : 1;
