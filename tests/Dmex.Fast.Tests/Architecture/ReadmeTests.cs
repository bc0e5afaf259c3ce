using System.Runtime.CompilerServices;
using Dmex.Fast.Cli.Commands;
using Dmex.Fast.Signing;
using Dmex.Fast.Tests.EndToEnd.Cli;
using Dmex.Fast.Tests.Support;
using Dmex.Fast.Venue;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace Dmex.Fast.Tests.Architecture;

/// <summary>What the README shows is what compiles and runs here.</summary>
public sealed class ReadmeTests
{
    private static readonly string Readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));

    [Fact]
    public async Task The_example_of_the_library_runs()
    {
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions());
        var hash = OrderHash.Parse("0x" + new string('a', OrderHash.TextLength - 2));
        venue.OpenOrder(hash.AsSpan(), EthereumAddress.Parse(DmexProcess.TestAddress).AsSpan());

        var line = await RunExampleAsync(venue.Url.ToString(), DmexProcess.TestKey.ToCharArray(), hash.ToString());

        Assert.Equal("canceled", line);
        Assert.Equal(VenueOrderState.Canceled, venue.GetState(hash.AsSpan()));
    }

    [Fact]
    public void The_example_in_the_readme_is_the_one_that_runs()
    {
        var source = File.ReadAllText(ThisFile());
        var shown = Between(Readme, "```csharp\n", "```");
        var compiled = Between(source, "// <example>\n", "        // </example>")
            .Split('\n')
            .Select(line => line.StartsWith("        ", StringComparison.Ordinal) ? line[8..] : line);

        Assert.Equal(shown, "using Dmex.Fast;\nusing Dmex.Fast.Signing;\n\n" + string.Join('\n', compiled));
    }

    [Fact]
    public void The_minimal_sample_is_the_example_of_the_readme()
    {
        var sample = File.ReadAllText(Path.Combine(Repository.Root, "samples", "Minimal", "Program.cs"));
        var example = Between(Readme, "```csharp\n", "```").Split("\n\n", 2);

        Assert.StartsWith(example[0], sample, StringComparison.Ordinal);
        Assert.Equal(example[1], Between(sample, "// <example>\n", "// </example>"));
    }

    [Fact]
    public void The_examples_compile_with_the_usings_that_they_show()
    {
        var blocks = Readme.Split("```csharp\n")[1..].Select(block => block[..block.IndexOf("```", StringComparison.Ordinal)]);
        var source = string.Join('\n', blocks)
            .Replace(
                "using var key", "var (keyText, url, orderHash) = (new char[66], args[0], args[1]);\nusing var key",
                StringComparison.Ordinal);
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Concat([typeof(DmexClient).Assembly.Location, typeof(OrderHash).Assembly.Location])
            .Distinct(StringComparer.Ordinal)
            .Select(file => MetadataReference.CreateFromFile(file));
        var compilation = CSharpCompilation.Create(
            "Readme", [CSharpSyntaxTree.ParseText("global using System;\n" + source)], references,
            new CSharpCompilationOptions(OutputKind.ConsoleApplication));

        Assert.DoesNotContain(compilation.GetDiagnostics(), found => found.Severity == DiagnosticSeverity.Error);
    }

    [Fact]
    public void Every_command_of_the_readme_exists()
    {
        var commands = DmexCommand.Create().Subcommands.Select(command => command.Name);

        foreach (var command in commands)
        {
            Assert.Contains($"    dmex {command} ", Readme, StringComparison.Ordinal);
        }
    }

    private static async Task<string> RunExampleAsync(string url, char[] keyText, string orderHash)
    {
        // <example>
        using var key = SigningKey.Parse(keyText);
        var options = new DmexClientOptions { Endpoint = new Uri(url), Account = key.Address };
        await using var client = await DmexClient.ConnectAsync(options, key);

        var outcome = await client.CancelAsync(OrderHash.Parse(orderHash));
        var line = outcome.Kind switch
        {
            CancelOutcomeKind.Confirmed => "canceled",
            CancelOutcomeKind.AlreadyGone when outcome.IsClosed => $"was not open any more: {outcome.GoneReason}",
            CancelOutcomeKind.AlreadyGone => "the venue does not know it: perhaps not yet", // it may be on its way, and open then
            CancelOutcomeKind.Rejected => $"refused: {outcome.Reason}",
            _ => $"may still be open: {outcome.UnresolvedReason}", // send it again: twice does no harm
        };
        // </example>
        return line;
    }

    private static string Between(string text, string start, string end)
    {
        var from = text.IndexOf(start, StringComparison.Ordinal);
        Assert.True(from >= 0, $"'{start}' is missing.");
        from += start.Length;
        return text[from..text.IndexOf(end, from, StringComparison.Ordinal)];
    }

    private static string ThisFile([CallerFilePath] string path = "") =>
        Path.Combine(Repository.Root, "tests", "Dmex.Fast.Tests", "Architecture", Path.GetFileName(path));
}
