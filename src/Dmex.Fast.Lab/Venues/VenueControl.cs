using System.Text.Json;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Lab.Venues;

/// <summary>
/// The controlled side of <c>dmex venue --control</c>: says where it listens, then answers one request a line until
/// standard input ends. So it ends with the process that started it, however that one ends.
/// </summary>
internal static class VenueControl
{
    /// <summary>Serves requests until the input ends.</summary>
    public static async Task RunAsync(InProcessVenue venue, TextReader input, TextWriter output, CancellationToken cancellationToken)
    {
        await WriteAsync(output, new VenueReply(Url: venue.Url, Certificate: venue.CertificatePem));
        while (await input.ReadLineAsync(cancellationToken).AsTask().WaitAsync(cancellationToken) is { } line)
        {
            await WriteAsync(output, await AnswerAsync(venue, line, cancellationToken));
        }
    }

    private static async Task<VenueReply> AnswerAsync(InProcessVenue venue, string line, CancellationToken cancellationToken)
    {
        try
        {
            var request = JsonSerializer.Deserialize(line, VenueControlJson.Default.VenueRequest)
                ?? throw new FormatException("The request is null.");
            var orders = request.Orders.Select(OrderHash.Parse).ToList();
            switch (request.Do)
            {
                case VenueRequest.Open:
                    await venue.OpenAsync(EthereumAddress.Parse(request.Owner ?? ""), orders, cancellationToken);
                    return new VenueReply(Opened: orders.Count);
                case VenueRequest.Audit:
                    return new VenueReply(Audited: await venue.AuditAsync(orders, cancellationToken));
                case VenueRequest.Receipts:
                    return new VenueReply(Receipts: await venue.ReceiptsAsync(orders, cancellationToken));
                default:
                    return new VenueReply(
                        Error: $"'{request.Do}' is none of '{VenueRequest.Open}', '{VenueRequest.Audit}' and '{VenueRequest.Receipts}'.");
            }
        }
        catch (Exception error) when (error is JsonException or FormatException or ArgumentException)
        {
            return new VenueReply(Error: error.Message);
        }
    }

    private static async Task WriteAsync(TextWriter output, VenueReply reply)
    {
        await output.WriteLineAsync(JsonSerializer.Serialize(reply, VenueControlJson.Default.VenueReply));
        await output.FlushAsync();
    }
}
