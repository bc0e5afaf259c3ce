using Dmex.Fast.Bench.Gate;
using Dmex.Fast.Signing;
using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.Unit.Gate;

public sealed class BudgetFileTests
{
    private const string Signature = "{\"name\":\"signature\",\"kernel\":\"Avx2\",\"bytes\":0,\"reference\":[\"library\"],\"ratio\":0.5,\"tolerance\":0.1,\"reason\":\"measured\"}";
    private const string Digest =
        "{\"name\":\"digest\",\"bytes\":0,\"reference\":[\"library\",\"signature\"],\"ratio\":2,\"tolerance\":0.1,\"reason\":\"measured\"}";
    private static readonly Dictionary<string, string?> Guarded = new(StringComparer.Ordinal) { ["signature"] = "Avx2", ["digest"] = null };
    private static readonly HashSet<string> References = new(StringComparer.Ordinal) { "library", "signature", "digest" };

    [Fact]
    public void A_line_for_each_guarded_benchmark_is_read()
    {
        var lines = BudgetFile.Read($"[{Signature},{Digest}]", Guarded, References);
        Assert.Equal("signature, digest", string.Join(", ", lines.Select(line => line.Name)));
        Assert.Equal(0.5, lines[0].Ratio);
        Assert.Equal("library, signature", string.Join(", ", lines[1].Reference));
    }

    [Theory]
    [InlineData("[" + Signature + "]", "\"digest\" is guarded and has no line")]
    [InlineData("[" + Signature + "," + Signature + "," + Digest + "]", "it has two lines")]
    [InlineData(
        "[{\"name\":\"unheard\",\"bytes\":0,\"reference\":[\"library\"],\"ratio\":1,\"tolerance\":0.1,\"reason\":\"x\"}]",
        "no such guarded benchmark")]
    [InlineData(
        "[{\"name\":\"digest\",\"bytes\":0,\"reference\":[\"unheard\"],\"ratio\":1,\"tolerance\":0.1,\"reason\":\"x\"}]",
        "no reference \"unheard\"")]
    [InlineData("[{\"name\":\"digest\",\"bytes\":0,\"reference\":[],\"ratio\":1,\"tolerance\":0.1,\"reason\":\"x\"}]", "no reference")]
    [InlineData(
        "[{\"name\":\"signature\",\"bytes\":0,\"reference\":[\"library\"],\"ratio\":1,\"tolerance\":0.1,\"reason\":\"x\"}]",
        "its kernel is Avx2")]
    [InlineData(
        "[{\"name\":\"digest\",\"bytes\":-1,\"reference\":[\"library\"],\"ratio\":1,\"tolerance\":0.1,\"reason\":\"x\"}]",
        "bytes is 0 or more")]
    [InlineData(
        "[{\"name\":\"digest\",\"bytes\":0,\"reference\":[\"library\"],\"ratio\":0,\"tolerance\":0.1,\"reason\":\"x\"}]",
        "ratio is above 0")]
    [InlineData(
        "[{\"name\":\"digest\",\"bytes\":0,\"reference\":[\"library\"],\"ratio\":1,\"tolerance\":0,\"reason\":\"x\"}]",
        "tolerance is above 0")]
    [InlineData(
        "[{\"name\":\"digest\",\"bytes\":0,\"reference\":[\"library\"],\"ratio\":1,\"tolerance\":0.1,\"reason\":\"\"}]", "no reason")]
    [InlineData("[{\"name\":\"digest\",\"bytes\":0,\"reference\":[\"library\"],\"ratio\":1,\"tolerance\":0.1}]", "reason")]
    [InlineData(
        "[{\"name\":\"digest\",\"bytes\":0,\"reference\":[\"library\"],\"ratio\":1,\"tolerance\":0.1,\"reason\":\"x\",\"rtaio\":1}]",
        "rtaio")]
    [InlineData("not JSON", "budget.json")]
    public void What_is_not_complete_and_exact_is_refused(string json, string what)
    {
        var error = Assert.Throws<InvalidDataException>(() => BudgetFile.Read(json, Guarded, References));
        Assert.Contains(what, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_design_limits_stand_in_the_file()
    {
        var json = System.Text.Json.Nodes.JsonNode.Parse(
            File.ReadAllText(Path.Combine(Repository.Root, "bench", "Dmex.Fast.Bench", BudgetFile.Name)))!.AsArray();
        (string Name, double Limit)[] limits =
        [
            ("signature, Avx512", 0.47), ("signature, Avx2", 0.74), ("signature, Portable", 0.9), ("batch of 1024, Avx512, each", 0.15),
            ("batch of 1024, Avx2, each", 0.45), ("one cancel, p50", 0.9), ("burst of 1000, last byte", 0.1),
            ("panic of 10000, last byte", 2),
        ];
        foreach (var (name, limit) in limits)
        {
            var line = Assert.Single(json, line => string.Equals((string?)line!["name"], name, StringComparison.Ordinal));
            Assert.True((double)line!["ratio"]! <= limit, $"{name}: {line["ratio"]} is above {limit}");
        }
    }
}
