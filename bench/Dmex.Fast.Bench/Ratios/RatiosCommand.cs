using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Dmex.Fast.Signing;
using Dmex.Fast.Tests.Support;

namespace Dmex.Fast.Bench.Ratios;

/// <summary><c>ratios [--rounds N] [--record FILE --commit ID]</c>: signing against libsecp256k1, as a table and as a line of the history.</summary>
internal static class RatiosCommand
{
    private const int DefaultRounds = 200;

    /// <returns>The process's exit code: 0, or 2 where libsecp256k1 is missing or an argument is wrong.</returns>
    public static int Run(ReadOnlySpan<string> arguments)
    {
        if (!LibSecp256k1.IsPresent)
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
                Console.Error.WriteLine("usage: ratios [--rounds N] [--record FILE --commit ID]");
                return 2;
            }
        }

        var started = DateTime.UtcNow;
        using var ratios = new SigningRatios();
        var metrics = ratios.Run(rounds);
        Console.WriteLine($"{Host()}, .NET {Environment.Version}; {rounds} rounds, minimums; kernels: "
            + string.Join(", ", Enum.GetValues<SigningKernel>().Where(SigningKernels.IsSupported)));
        foreach (var (name, value, unit) in metrics)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {name,-48} {value,9:F3} {unit}"));
        }

        if (file is not null)
        {
            File.AppendAllText(file, Line(started, commit, metrics) + "\n");
        }

        return 0;
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

    private static string Line(DateTime started, string commit, IReadOnlyList<(string Name, double Value, string Unit)> metrics)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("time", started.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture));
            json.WriteString("commit", commit);
            json.WriteString("host", Host());
            json.WriteString("runtime", $".NET {Environment.Version}");
            json.WriteString("command", "dotnet run -c Release --project bench/Dmex.Fast.Bench -- ratios");
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
