using System.Globalization;
using System.IO.Pipelines;
using System.Text.Json;
using Dmex.Fast.Venue.Faults;
using Dmex.Fast.Venue.Orders;
using Dmex.Fast.Venue.Verification;
using Microsoft.AspNetCore.Http;

namespace Dmex.Fast.Venue.Sessions;

/// <summary>
/// The venue's orders over HTTP: <c>GET /api/orders?user=0x…</c> lists a user's open orders as DMEX documents it, and
/// <c>POST /api/order</c> opens one. What the latter answers is an assumption of this project. Thread-safe.
/// </summary>
internal sealed class OrderApi(VenueCore core)
{
    public const string ListPath = "/api/orders";
    public const string OrderPath = "/api/order";

    private const int MaxBodyBytes = 64 * 1024;
    private const int FlushBytes = 256 * 1024;

    private static readonly string ForeignUser = "0x" + new string('f', 40);
    private static readonly string NoToken = "0x" + new string('0', 40);

    private long _lists;

    /// <summary>Answers a request of one of the two paths.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        if (context.Request.Path == ListPath && HttpMethods.IsGet(context.Request.Method))
        {
            await ListAsync(context);
        }
        else if (context.Request.Path == OrderPath && HttpMethods.IsPost(context.Request.Method))
        {
            await CreateAsync(context);
        }
        else
        {
            await AnswerAsync(context, StatusCodes.Status405MethodNotAllowed, "the method is not allowed here");
        }
    }

    private async Task ListAsync(HttpContext context)
    {
        var faults = core.Faults;
        var draws = new FaultDraws(faults.Seed, 0, Interlocked.Increment(ref _lists));
        if (faults.ListDelay > TimeSpan.Zero)
        {
            await Task.Delay(faults.ListDelay, context.RequestAborted);
        }

        if (faults.RefuseList is { } refusal)
        {
            if (refusal.RetryAfter is { } wait)
            {
                context.Response.Headers.RetryAfter = ((long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
            }

            await AnswerAsync(context, refusal.StatusCode, "the list is refused");
        }
        else if (draws.Happens(FaultKind.ListError, faults.ListErrorProbability))
        {
            await AnswerAsync(context, StatusCodes.Status500InternalServerError, "the list failed");
        }
        else if (!OrderRequestParser.TryParseAddress(context.Request.Query["user"], out var user))
        {
            await AnswerAsync(context, StatusCodes.Status400BadRequest, "user is not 0x and 40 hex digits");
        }
        else
        {
            await WriteListAsync(context, user, faults, draws);
        }
    }

    private async Task WriteListAsync(HttpContext context, VenueAddress user, VenueFaults faults, FaultDraws draws)
    {
        var orders = core.Orders.OpenAt(user, core.ListTime(faults));
        var isCut = draws.Happens(FaultKind.CutList, faults.CutListProbability);
        context.Response.ContentType = "application/json";
        var output = context.Response.BodyWriter;
        await using var writer = new Utf8JsonWriter(output);
        writer.WriteStartObject();
        writer.WriteBoolean("success"u8, true);
        writer.WriteStartArray("data"u8);
        var text = user.ToString();
        foreach (var (hash, order) in orders)
        {
            WriteOrder(writer, hash, text, order.Details, order.Created);
            if (writer.BytesPending + output.UnflushedBytes >= FlushBytes)
            {
                await writer.FlushAsync(context.RequestAborted);
                await output.FlushAsync(context.RequestAborted);
            }
        }

        if (draws.Happens(FaultKind.ForeignRow, faults.ForeignRowProbability))
        {
            WriteOrder(writer, default, ForeignUser, VenueOrderDetails.Default, DateTimeOffset.UnixEpoch);
        }

        if (isCut)
        {
            await writer.FlushAsync(context.RequestAborted);
            await output.FlushAsync(context.RequestAborted);
            context.Abort();
            return;
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        await writer.FlushAsync(context.RequestAborted);
    }

    private static void WriteOrder(Utf8JsonWriter writer, in VenueHash hash, string user, VenueOrderDetails details, DateTimeOffset created)
    {
        Span<byte> text = stackalloc byte[VenueHash.TextLength];
        hash.WriteText(text, upperCase: false);
        writer.WriteStartObject();
        writer.WriteString("hash"u8, text);
        writer.WriteString("user_address"u8, user);
        writer.WriteString("base_token"u8, NoToken);
        writer.WriteString("asset"u8, details.Asset);
        WriteNumber(writer, "amount"u8, details.Amount);
        WriteNumber(writer, "price"u8, details.Price);
        writer.WriteBoolean("side"u8, details.IsBuy);
        writer.WriteNumber("nonce"u8, hash.GetHashCode() & int.MaxValue);
        writer.WriteString("leverage"u8, "1000000000"u8);
        writer.WriteBoolean("closing_order"u8, false);
        WriteNumber(writer, "remaining_amount"u8, details.Amount);
        writer.WriteBoolean("closed"u8, false);
        writer.WriteBoolean("stop"u8, details.IsStop);
        writer.WriteString("stop_price"u8, "0"u8);
        writer.WriteBoolean("stopped"u8, false);
        writer.WriteBoolean("is_market"u8, false);
        writer.WriteBoolean("post_only"u8, false);
        writer.WriteNumber("decimals"u8, 2);
        writer.WriteNumber("amount_dec"u8, 4);
        writer.WriteString("margin_currency_symbol"u8, "USDC"u8);
        writer.WriteString("created_at"u8, created.UtcDateTime);
        writer.WriteEndObject();
    }

    private static void WriteNumber(Utf8JsonWriter writer, ReadOnlySpan<byte> name, UInt128 number)
    {
        Span<byte> digits = stackalloc byte[40];
        _ = number.TryFormat(digits, out var length, default, CultureInfo.InvariantCulture);
        writer.WriteString(name, digits[..length]);
    }

    private async Task CreateAsync(HttpContext context)
    {
        string? problem;
        VenueHash? hash = null;
        try
        {
            var request = OrderRequestParser.Parse(await ReadBodyAsync(context.Request.BodyReader, context.RequestAborted));
            hash = request.Hash;
            problem = Open(request);
        }
        catch (FormatException e)
        {
            problem = e.Message;
        }

        await AnswerAsync(context, problem is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest, problem, hash);
    }

    private string? Open(OrderRequest request)
    {
        Span<byte> signer = stackalloc byte[VenueAddress.Size];
        if (!SignatureVerifier.TryRecover(request.Hash, request.V, request.Scalars, signer))
        {
            return "no signer can be recovered from the signature";
        }

        if (!core.MaySign(request.Owner, signer))
        {
            return "the signer is neither the user nor a delegate";
        }

        if (request.Replaces is { } replaced)
        {
            if (core.Orders.Replace(in replaced, request.Hash, request.Owner, request.Details) is { } problem)
            {
                return problem;
            }

            core.PushOrderUpdate(in replaced, VenueOrderState.Canceled);
        }
        else if (!core.Orders.TryOpen(request.Hash, request.Owner, request.Details))
        {
            return "an order of this hash was opened before";
        }

        core.PushOrderUpdate(request.Hash, VenueOrderState.Open);
        return null;
    }

    private static async Task<byte[]> ReadBodyAsync(PipeReader reader, CancellationToken stop)
    {
        while (true)
        {
            var read = await reader.ReadAsync(stop);
            if (read.Buffer.Length > MaxBodyBytes)
            {
                reader.AdvanceTo(read.Buffer.End);
                throw new FormatException("the message is too long");
            }

            if (read.IsCompleted)
            {
                var body = System.Buffers.BuffersExtensions.ToArray(read.Buffer);
                reader.AdvanceTo(read.Buffer.End);
                return body;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static async Task AnswerAsync(HttpContext context, int status, string? problem, VenueHash? hash = null)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await using var writer = new Utf8JsonWriter(context.Response.BodyWriter);
        writer.WriteStartObject();
        writer.WriteBoolean("success"u8, problem is null);
        if (problem is not null)
        {
            writer.WriteString("message"u8, problem);
        }
        else if (hash is { } opened)
        {
            writer.WriteStartObject("data"u8);
            writer.WriteString("hash"u8, opened.ToString());
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }
}
