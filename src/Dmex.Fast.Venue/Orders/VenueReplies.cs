using System.Text;
using System.Text.Json;

namespace Dmex.Fast.Venue.Orders;

/// <summary>
/// Everything that the venue says. THIS FORMAT IS AN ASSUMPTION OF THIS PROJECT: the exchange documents the request of a
/// cancel but neither its reply nor its errors, so no client may rely on more than its own careful classification.
/// <code>
/// {"op":"cancel_order","status":"canceled","order_hash":"0x…"}
/// {"op":"cancel_order","status":"error","order_hash":"0x…","error":{"code":"order_not_open","reason":"filled","message":"…"}}
/// {"op":"cancel_order","status":"error","order_hash":"0x…","error":{"code":"rate_limited","retry_after_ms":250,"message":"…"}}
/// {"op":"order_update","data":{"order_hash":"0x…","status":"open"}}
/// {"op":"order_snapshot","data":{"orders":[{"order_hash":"0x…","status":"open"}]}}
/// </code>
/// </summary>
internal static class VenueReplies
{
    /// <summary>Writes the answer to one message.</summary>
    /// <param name="writer">Where to; the caller flushes it.</param>
    /// <param name="answer">What to say.</param>
    /// <param name="options">Whether hashes are left out or written in upper case.</param>
    public static void WriteAnswer(Utf8JsonWriter writer, in VenueAnswer answer, VenueOptions options)
    {
        var confirmed = answer.Verdict is VenueVerdict.Confirmed or VenueVerdict.Lied;
        writer.WriteStartObject();
        writer.WriteString("op"u8, answer.Verdict == VenueVerdict.UnknownOperation ? "error"u8 : "cancel_order"u8);
        writer.WriteString("status"u8, confirmed ? "canceled"u8 : "error"u8);
        if (answer.Hash is { } hash && !options.ReplyWithoutHash && (confirmed || !options.ErrorsWithoutHash))
        {
            WriteHash(writer, in hash, options.UpperCaseHashes);
        }

        if (!confirmed)
        {
            WriteError(writer, in answer);
        }

        writer.WriteEndObject();
    }

    /// <summary>An event that says in which state an order is.</summary>
    public static byte[] OrderUpdate(in VenueHash hash, VenueOrderState state, VenueOptions options)
    {
        var buffer = new ReplyBuffer();
        var writer = buffer.Begin();
        writer.WriteStartObject();
        writer.WriteString("op"u8, "order_update"u8);
        writer.WriteStartObject("data"u8);
        WriteHash(writer, in hash, options.UpperCaseHashes);
        writer.WriteString("status"u8, StateName(state));
        writer.WriteEndObject();
        writer.WriteEndObject();
        return buffer.End().ToArray();
    }

    /// <summary>A list of open orders.</summary>
    public static byte[] Snapshot(ReadOnlySpan<VenueHash> open, VenueOptions options)
    {
        var buffer = new ReplyBuffer();
        var writer = buffer.Begin();
        writer.WriteStartObject();
        writer.WriteString("op"u8, "order_snapshot"u8);
        writer.WriteStartObject("data"u8);
        writer.WriteStartArray("orders"u8);
        foreach (ref readonly var hash in open)
        {
            writer.WriteStartObject();
            WriteHash(writer, in hash, options.UpperCaseHashes);
            writer.WriteString("status"u8, StateName(VenueOrderState.Open));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteEndObject();
        return buffer.End().ToArray();
    }

    /// <summary>The body of a refused handshake.</summary>
    public static byte[] Refusal(int statusCode) =>
        Encoding.UTF8.GetBytes(
            $$$"""{"status":"error","error":{"code":"handshake_refused","message":"HTTP status {{{statusCode}}}"}}""");

    private static void WriteHash(Utf8JsonWriter writer, in VenueHash hash, bool upperCase)
    {
        Span<byte> text = stackalloc byte[VenueHash.TextLength];
        hash.WriteText(text, upperCase);
        writer.WriteString("order_hash"u8, text);
    }

    private static void WriteError(Utf8JsonWriter writer, in VenueAnswer answer)
    {
        writer.WriteStartObject("error"u8);
        writer.WriteString("code"u8, answer.Verdict switch
        {
            VenueVerdict.OrderNotFound => "order_not_found"u8,
            VenueVerdict.NotOpen => "order_not_open"u8,
            VenueVerdict.NotOwner => "not_order_owner"u8,
            VenueVerdict.BadSignature => "bad_signature"u8,
            VenueVerdict.UnknownOperation => "unknown_operation"u8,
            VenueVerdict.RateLimited => "rate_limited"u8,
            VenueVerdict.Busy => "busy"u8,
            _ => "malformed_message"u8,
        });
        if (answer.Verdict == VenueVerdict.NotOpen)
        {
            writer.WriteString("reason"u8, StateName(answer.State));
        }

        if (answer.Verdict == VenueVerdict.RateLimited)
        {
            writer.WriteNumber("retry_after_ms"u8, answer.RetryAfterMilliseconds);
        }

        writer.WriteString("message"u8, answer.Verdict switch
        {
            VenueVerdict.OrderNotFound => "no order of this hash is known",
            VenueVerdict.NotOpen when answer.State == VenueOrderState.Filled => "the order is not open: it was filled",
            VenueVerdict.NotOpen => "the order is not open: it was canceled",
            VenueVerdict.NotOwner => "the signer is not the owner of the order",
            VenueVerdict.BadSignature => "no signer can be recovered from the signature",
            VenueVerdict.RateLimited => "too many messages",
            VenueVerdict.Busy => "the venue is busy, try again later",
            _ => answer.Problem ?? "the message is not understood",
        });
        writer.WriteEndObject();
    }

    private static ReadOnlySpan<byte> StateName(VenueOrderState state) => state switch
    {
        VenueOrderState.Open => "open"u8,
        VenueOrderState.Filled => "filled"u8,
        _ => "canceled"u8,
    };
}
