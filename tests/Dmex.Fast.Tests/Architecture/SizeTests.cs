using System.Globalization;
using System.Text.RegularExpressions;
using Xunit;

namespace Dmex.Fast.Tests.Architecture;

/// <summary>
/// Files, types, methods and lines stay short enough to read. What is longer is named here with its length, which may shrink and not grow.
/// </summary>
public sealed partial class SizeTests
{
    private const int MaxTypeLines = 900;
    private const int MaxMethodLines = 70;
    private const int MaxLineLength = 140;

    /// <summary>Types that are longer, over all their files. The test's own models are read with the tracker beside them.</summary>
    private static readonly Dictionary<string, int> LongTypes = new(StringComparer.Ordinal)
    {
        ["tests/Dmex.Fast.Tests Oracle"] = 1325,
        ["tests/Dmex.Fast.Tests SimulatedWorld"] = 1190,
    };

    /// <summary>Unrolled permutations.</summary>
    private static readonly HashSet<string> LongMethods = new(StringComparer.Ordinal)
    {
        "src/Dmex.Fast.Signing/Hashing/KeccakPermutation.cs Permute",
        "src/Dmex.Fast.Signing/Hashing/KeccakPermutationX8.Avx512.cs Permute",
    };

    /// <summary>Lines that are longer, by project: messages of the venue, vectors and patterns, which cannot be broken.</summary>
    private static readonly Dictionary<string, int> LongLines = new(StringComparer.Ordinal)
    {
        ["bench/Dmex.Fast.Bench"] = 4,
        ["src/Dmex.Fast"] = 1,
        ["tests/Dmex.Fast.Tests"] = 27,
    };

    [Fact]
    public void Types_stay_short_enough_over_all_their_files()
    {
        var lines = Types().GroupBy(type => type.Name, StringComparer.Ordinal)
            .Select(type => (type.Key, Lines: type.Sum(part => part.Text.AsSpan().Count('\n'))));
        AssertNone(lines.Where(type => type.Lines > LongTypes.GetValueOrDefault(type.Key, MaxTypeLines))
            .Select(type => $"{type.Key}: {type.Lines} lines"));
    }

    [Fact]
    public void A_type_has_one_summary_whatever_the_number_of_its_files()
    {
        var summaries = Types().Where(type => type.Text[..type.At].Contains("<summary>", StringComparison.Ordinal))
            .GroupBy(type => type.Name, StringComparer.Ordinal);
        AssertNone(
            summaries.Where(type => type.Count() > 1).Select(type => $"{type.Key}: {string.Join(", ", type.Select(part => part.File))}"));
    }

    [Fact]
    public void Methods_stay_short_enough_to_read()
    {
        var found = Code().SelectMany(file => Member().Matches(SourceTree.Text(file))
            .Where(member => member.Groups["body"].ValueSpan.Count('\n') - 1 > MaxMethodLines)
            .Select(member => $"{file} {member.Groups["name"].Value}")).ToHashSet(StringComparer.Ordinal);
        AssertNone(found.Except(LongMethods, StringComparer.Ordinal));
        AssertNone(
            LongMethods.Except(found, StringComparer.Ordinal).Select(method => $"{method} is not long any more: take it off the list."));
    }

    [Fact]
    public void Lines_stay_short_enough_to_read()
    {
        var found = Code().GroupBy(ProjectOf, StringComparer.Ordinal).Select(project => (
            project.Key,
            Lines: project.SelectMany(file => SourceTree.Text(file).Split('\n')
                .Select((line, i) => (Place: string.Create(CultureInfo.InvariantCulture, $"{file}:{i + 1}"), line.Length))
                .Where(line => line.Length > MaxLineLength).Select(line => line.Place)).ToArray()));
        AssertNone(found.Where(project => project.Lines.Length > LongLines.GetValueOrDefault(project.Key))
            .Select(project => $"{project.Key}: {project.Lines.Length} lines of more than {MaxLineLength} characters\n{string.Join('\n', project.Lines)}"));
    }

    private static IEnumerable<string> Code() => SourceTree.Files.Where(file =>
        file.EndsWith(".cs", StringComparison.Ordinal)
        && !file.Contains("Generated", StringComparison.OrdinalIgnoreCase)
        && !Path.GetFileName(file).Contains("Table.", StringComparison.Ordinal));

    /// <summary>The first type of each file: there is one a file.</summary>
    private static IEnumerable<(string Name, string File, string Text, int At)> Types()
    {
        foreach (var file in Code())
        {
            var text = SourceTree.Text(file);
            if (Declaration().Match(text) is { Success: true } type)
            {
                yield return ($"{ProjectOf(file)} {type.Groups["name"].Value}", file, text, type.Index);
            }
        }
    }

    private static string ProjectOf(string file) => string.Join('/', file.Split('/').Take(2));

    private static void AssertNone(IEnumerable<string> offences)
    {
        var found = offences.ToArray();
        Assert.True(found.Length == 0, string.Join('\n', found));
    }

    [GeneratedRegex(
        @"^(public|internal|file)\s+(\w+\s+)*?(class|struct|interface|enum|record)\s+((struct|class)\s+)?(?<name>\w+)",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture,
        60_000)]
    private static partial Regex Declaration();

    /// <summary>A member of the outermost type with a body in braces; the formatter keeps its indentation.</summary>
    [GeneratedRegex(
        @"^    (?!.*\b(class|struct|interface|enum|record)\b)\w.*?\b(?<name>\w+)(<[^(]*>)?\([^;{}]*\)[^;{}]*\n    \{(?<body>\n(.*\n)*?)    \}$",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture,
        60_000)]
    private static partial Regex Member();
}
