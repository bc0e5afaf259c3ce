using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Cli.Output;

/// <summary>One JSON object for one order.</summary>
internal static class OutcomeJson
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The object on one line; what is not known is left out.</summary>
    public static string Format(in OrderHash order, in CancelOutcome outcome)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteString("order", order.ToString());
            json.WriteString("outcome", OutcomeLine.Name(outcome));
            json.WriteBoolean("closed", outcome.IsClosed);
            if (OutcomeLine.Time(outcome) is { } time)
            {
                json.WriteNumber("milliseconds", Math.Round(time.TotalMilliseconds, 3));
            }

            json.WriteNumber("attempts", outcome.Attempts);
            WriteIf(json, "acknowledgments", outcome.Acknowledgments);
            if (outcome.MayBeOwnCancel)
            {
                json.WriteBoolean("mayBeOwnCancel", value: true);
            }

            if (!string.IsNullOrEmpty(outcome.Reason))
            {
                json.WriteString("reason", OutcomeLine.Printable(outcome.Reason));
            }

            WriteIf(json, "unknownMessages", outcome.UnknownMessages);
            if (outcome.LastUnknownMessage is { } message)
            {
                json.WriteString("lastUnknownMessage", message);
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void WriteIf(Utf8JsonWriter json, string name, long value)
    {
        if (value > 0)
        {
            json.WriteNumber(name, value);
        }
    }
}
