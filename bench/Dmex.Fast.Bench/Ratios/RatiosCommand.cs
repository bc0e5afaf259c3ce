using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Dmex.Fast.Signing;
using Dmex.Fast.Tests.Support;

namespace Dmex.Fast.Bench.Ratios;

/// <summary>
/// <c>ratios</c>: signing against libsecp256k1, and <c>transport</c>: sending and panics against ClientWebSocket and SslStream;
/// each as a table, and with <c>--record</c> as a line of the history.
/// </summary>
internal static class RatiosCommand
{
    /// <summary>Signing.</summary>
    public const string Signing = "ratios";

    /// <summary>Sending and panics.</summary>
    public const string Transport = "transport";

    private const int DefaultRounds = 200;

    /// <param name="what"><see cref="Signing"/> or <see cref="Transport"/>.</param>
    /// <param name="arguments"><c>[--rounds N] [--record FILE --commit ID]</c>.</param>
    /// <returns>The process's exit code: 0, or 2 where libsecp256k1 is missing for signing, or an argument is wrong.</returns>
    public static int Run(string what, ReadOnlySpan<string> arguments)
    {
        if (string.Equals(what, Signing, StringComparison.Ordinal) && !LibSecp256k1.IsPresent)
        {
            Console.Error.WriteLine("Not measured: libsecp256k1 is not on this machine (Debian: libsecp256k1-1).");
            return 2;
        }

        var rounds = DefaultRounds;
        string? file = null;
        var commit = "unknown";
        for (var i = 0; i < arguments.Length; i += 2)
        {
            if (i + 1 == arguments.Length || !TryTake(arguments[i], arguments[i + 1], ref rounds, ref file, ref commit))
            {
                Console.Error.WriteLine($"usage: {what} [--rounds N] [--record FILE --commit ID]");
                return 2;
            }
        }

        var started = DateTime.UtcNow;
        var metrics = string.Equals(what, Signing, StringComparison.Ordinal) ? MeasureSigning(rounds) : MeasureTransport(rounds);
        Console.WriteLine($"{Host()}, .NET {Environment.Version}; {rounds} rounds; kernels: "
            + string.Join(", ", Enum.GetValues<SigningKernel>().Where(SigningKernels.IsSupported)));
        foreach (var (name, value, unit) in metrics)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {name,-70} {value,9:F3} {unit}"));
        }

        if (file is not null)
        {
            File.AppendAllText(file, Line(what, started, commit, metrics) + "\n");
        }

        return 0;
    }

    private static IReadOnlyList<(string Name, double Value, string Unit)> MeasureSigning(int rounds)
    {
        using var ratios = new SigningRatios();
        return ratios.Run(rounds);
    }

    private static IReadOnlyList<(string Name, double Value, string Unit)> MeasureTransport(int rounds)
    {
        using var ratios = new TransportRatios();
        return ratios.Run(rounds);
    }

    private static bool TryTake(string name, string value, ref int rounds, ref string? file, ref string commit)
    {
        switch (name)
        {
            case "--rounds":
                return int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out rounds) && rounds > 0;
            case "--record":
                file = value;
                return true;
            case "--commit":
                commit = value;
                return true;
            default:
                return false;
        }
    }

    private static string Line(string what, DateTime started, string commit, IReadOnlyList<(string Name, double Value, string Unit)> metrics)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("time", started.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture));
            json.WriteString("commit", commit);
            json.WriteString("host", Host());
            json.WriteString("runtime", $".NET {Environment.Version}");
            json.WriteString("command", "dotnet run -c Release --project bench/Dmex.Fast.Bench -- " + what);
            json.WriteStartArray("metrics");
            foreach (var (name, value, unit) in metrics)
            {
                json.WriteStartObject();
                json.WriteString("name", name);
                json.WriteNumber("value", Math.Round(value, 4));
                json.WriteString("unit", unit);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }

    private static string Host()
    {
        const string Field = "model name";
        const string CpuInfo = "/proc/cpuinfo";
        var model = File.Exists(CpuInfo)
            ? File.ReadLines(CpuInfo).FirstOrDefault(line => line.StartsWith(Field, StringComparison.Ordinal))?.Split(':')[^1].Trim()
            : null;
        return $"{model ?? RuntimeInformation.ProcessArchitecture.ToString()}, {Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}";
    }
}
