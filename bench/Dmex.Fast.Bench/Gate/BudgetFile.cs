using System.Text.Json;
using System.Text.Json.Serialization;

namespace Dmex.Fast.Bench.Gate;

/// <summary>Reads budget.json, and refuses what is not complete and exact.</summary>
internal static class BudgetFile
{
    public const string Name = "budget.json";

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Disallow,
        NumberHandling = JsonNumberHandling.Strict,
    };

    /// <summary>Reads the lines of a file.</summary>
    /// <param name="json">An array of lines.</param>
    /// <param name="guarded">The guarded benchmarks, each with its kernel: each has exactly one line.</param>
    /// <param name="references">What a line may name as its reference.</param>
    /// <exception cref="InvalidDataException">A line is wrong, unknown, missing, or there twice.</exception>
    public static IReadOnlyList<BudgetLine> Read(string json, IReadOnlyDictionary<string, string?> guarded, IReadOnlySet<string> references)
    {
        BudgetLine[] lines;
        try
        {
            lines = JsonSerializer.Deserialize<BudgetLine[]>(json, Options) ?? [];
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{Name}: {e.Message}", e);
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var line in lines)
        {
            Require(guarded.TryGetValue(line.Name, out var kernel), line, "there is no such guarded benchmark");
            Require(seen.Add(line.Name), line, "it has two lines");
            Require(string.Equals(kernel, line.Kernel, StringComparison.Ordinal), line, $"its kernel is {kernel ?? "none"}");
            Require(line.Bytes >= 0, line, "bytes is 0 or more");
            Require(line.Ratio is > 0 and < 1000, line, "ratio is above 0 and below 1000");
            Require(line.Tolerance is > 0 and <= 1, line, "tolerance is above 0 and at most 1");
            Require(line.Reason.Length > 0, line, "it has no reason");
            Require(line.Reference.Count > 0, line, "it has no reference");
            foreach (var reference in line.Reference)
            {
                Require(references.Contains(reference), line, $"there is no reference \"{reference}\"");
            }
        }

        if (guarded.Keys.FirstOrDefault(name => !seen.Contains(name)) is { } missing)
        {
            throw new InvalidDataException($"{Name}: \"{missing}\" is guarded and has no line.");
        }

        return lines;
    }

    private static void Require(bool holds, BudgetLine line, string what)
    {
        if (!holds)
        {
            throw new InvalidDataException($"{Name}: \"{line.Name}\": {what}.");
        }
    }
}
