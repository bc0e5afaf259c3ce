using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Dmex.Fast.Standby.Firing;
using Dmex.Fast.Standby.Local;

namespace Dmex.Fast.Cli.Output;

/// <summary>A standby's notices as lines for people, or as one JSON object a line.</summary>
internal static class StandbyNoticeText
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The sentence with the time of day, UTC.</summary>
    public static string Line(StandbyNotice notice) =>
        string.Create(CultureInfo.InvariantCulture, $"{DateTime.UtcNow:HH:mm:ss.fff} {notice.Message}");

    /// <summary>The object on one line; times in ticks are nanoseconds of the monotonic clock, durations milliseconds.</summary>
    public static string Json(StandbyNotice notice)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteString("notice", JsonNamingPolicy.CamelCase.ConvertName(notice.Kind.ToString()));
            json.WriteString("message", notice.Message);
            json.WriteNumber("timestamp", notice.Timestamp);
            json.WriteNumber("orders", notice.Orders);
            if (notice.Trigger != StandbyTrigger.None)
            {
                json.WriteString("trigger", notice.Trigger == StandbyTrigger.Killed ? "killed" : "silent");
            }

            if (notice.Fence is { } fence)
            {
                json.WriteString("fence", string.Create(CultureInfo.InvariantCulture, $"0x{fence.Id:x16}"));
            }

            if (notice.Report is { } report)
            {
                Write(json, report);
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter json, StandbyReport report)
    {
        var panic = report.Panic;
        json.WriteStartObject("report");
        json.WriteNumber("triggeredAt", report.TriggeredAt);
        WriteTime(json, "silence", report.Silence);
        json.WriteNumber("orders", panic.Orders);
        json.WriteNumber("written", panic.Written);
        json.WriteNumber("confirmed", panic.Confirmed);
        json.WriteNumber("alreadyGone", panic.AlreadyGone);
        json.WriteNumber("notFound", panic.NotFound);
        json.WriteNumber("rejected", panic.Rejected);
        json.WriteNumber("unresolved", panic.Unresolved);
        json.WriteNumber("late", report.Late);
        WriteTime(json, "firstByte", panic.FirstByte);
        WriteTime(json, "lastByte", panic.LastByte);
        WriteTime(json, "lastConfirmation", panic.LastConfirmation);
        WriteOrders(json, "unresolvedOrders", panic.UnresolvedOrders);
        WriteOrders(json, "stillListed", report.StillListed);
        if (report.ListFailure is { } failure)
        {
            json.WriteString("listFailure", failure);
        }

        json.WriteBoolean("clear", report.IsClear);
        json.WriteEndObject();
    }

    private static void WriteTime(Utf8JsonWriter json, string name, TimeSpan? time)
    {
        if (time is { } known)
        {
            json.WriteNumber(name, Math.Round(known.TotalMilliseconds, 3));
        }
    }

    private static void WriteOrders(Utf8JsonWriter json, string name, IReadOnlyList<Dmex.Fast.Signing.OrderHash>? orders)
    {
        if (orders is null)
        {
            return;
        }

        json.WriteStartArray(name);
        foreach (var order in orders)
        {
            json.WriteStringValue(order.ToString());
        }

        json.WriteEndArray();
    }
}
