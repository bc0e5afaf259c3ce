using System.Globalization;
using System.Text;
using System.Text.Json;
using Dmex.Fast.Lab.Hosts;

namespace Dmex.Fast.Bench.Gate;

/// <summary>The results as JSON: one run as a document, and as a line of the history.</summary>
internal static class GateJson
{
    private const int Digits = 4;

    /// <summary>Everything about a run.</summary>
    public static string Document(DateTime started, GateOptions options, IReadOnlyList<GateResult> results) => Write(indented: true, json =>
    {
        WriteHead(json, started, Command(options));
        json.WriteString("planted", Plant.Name);
        json.WriteStartArray("results");
        foreach (var result in results)
        {
            WriteResult(json, result);
        }

        json.WriteEndArray();
    });

    /// <summary>What was measured, without what could not be.</summary>
    public static string HistoryLine(DateTime started, GateOptions options, IReadOnlyList<GateResult> results) =>
        Write(indented: false, json =>
    {
        WriteHead(json, started, Command(options));
        json.WriteStartArray("metrics");
        foreach (var result in results.Where(result => result.Time is not null))
        {
            WriteMetric(json, result.Line.Name, result.Nanoseconds / 1_000, "us");
            WriteMetric(json, result.Line.Name + " ratio", result.Time!.Ratio, "ratio");
            WriteMetric(json, result.Line.Name + " allocated", result.Bytes!.Value, "B");
        }

        json.WriteEndArray();
    });

    private static string Command(GateOptions options) =>
        "dotnet run -c Release --project bench/Dmex.Fast.Bench -- gate" + (options.Quick ? " --quick" : string.Empty)
        + (options.Only is null ? string.Empty : $" --only \"{options.Only}\"");

    private static void WriteHead(Utf8JsonWriter json, DateTime started, string command)
    {
        json.WriteString("time", started.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture));
        json.WriteString("commit", Checkout.Commit());
        json.WriteString("host", HostReport.Read().Name);
        json.WriteString("runtime", RuntimeReport.Version);
        json.WriteString("command", command);
    }

    private static void WriteResult(Utf8JsonWriter json, GateResult result)
    {
        json.WriteStartObject();
        json.WriteString("name", result.Line.Name);
        json.WriteString("kernel", result.Line.Kernel);
        json.WriteString("verdict", result.Verdict.ToString());
        json.WriteString("why", result.Why);
        json.WriteNumber("attempts", result.Attempts);
        json.WriteNumber("budgetBytes", result.Line.Bytes);
        json.WriteNumber("budgetRatio", result.Line.Ratio);
        json.WriteNumber("tolerance", result.Line.Tolerance);
        if (result.Time is { } time)
        {
            json.WriteNumber("bytes", result.Bytes!.Value);
            json.WriteNumber("nanoseconds", Math.Round(result.Nanoseconds, Digits));
            json.WriteString("reference", result.Reference);
            json.WriteNumber("referenceNanoseconds", Math.Round(result.ReferenceNanoseconds, Digits));
            json.WriteNumber("ratio", Math.Round(time.Ratio, Digits));
            json.WriteNumber("p", time.Significance);
            json.WriteNumber("controlLow", Math.Round(time.ControlLow, Digits));
            json.WriteNumber("controlHigh", Math.Round(time.ControlHigh, Digits));
        }

        json.WriteEndObject();
    }

    private static void WriteMetric(Utf8JsonWriter json, string name, double value, string unit)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteNumber("value", Math.Round(value, Digits));
        json.WriteString("unit", unit);
        json.WriteEndObject();
    }

    private static string Write(bool indented, Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = indented, NewLine = "\n" }))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }
}
