using System.Text.RegularExpressions;
using System.Xml.Linq;
using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.Architecture;

/// <summary>Which project and which folder may use which, and what lies where.</summary>
public sealed partial class LayoutTests
{
    private const int MaxFiles = 45;

    private static readonly string[] TopLevel =
    [
        ".ci", ".config", ".editorconfig", ".github", ".gitignore", "CHANGELOG.md", "CONTRIBUTING.md", "Directory.Build.props",
        "Directory.Build.targets", "Directory.Packages.props", "Dmex.Fast.sln", "LICENSE", "README.md", "SECURITY.md", "bench", "build",
        "docs",
        "global.json", "perf-results", "samples", "src", "tests",
    ];

    [Fact]
    public void The_top_level_holds_exactly_the_agreed_names()
    {
        var names = SourceTree.Files.Select(file => file.Split('/')[0]).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)
            .ToArray();
        Assert.SkipUnless(SourceTree.IsFromGit, "Without git, what lies there may be anything.");
        Assert.Equal(TopLevel, names);
    }

    [Theory]
    [InlineData("Dmex.Fast.Signing")]
    [InlineData("Dmex.Fast", "Dmex.Fast.Signing")]
    [InlineData("Dmex.Fast.Keys", "Dmex.Fast")]
    [InlineData("Dmex.Fast.Hosting", "Dmex.Fast", "Dmex.Fast.Keys")]
    [InlineData("Dmex.Fast.Venue")]
    [InlineData("Dmex.Fast.Lab", "Dmex.Fast", "Dmex.Fast.Venue")]
    [InlineData("Dmex.Fast.Standby", "Dmex.Fast")]
    [InlineData("Dmex.Fast.Standby.Nats", "Dmex.Fast", "Dmex.Fast.Standby")]
    [InlineData("Dmex.Fast.Standby.Hosting", "Dmex.Fast.Hosting", "Dmex.Fast.Standby.Nats")]
    [InlineData(
        "Dmex.Fast.Cli", "Dmex.Fast", "Dmex.Fast.Keys", "Dmex.Fast.Lab", "Dmex.Fast.Standby", "Dmex.Fast.Standby.Nats", "Dmex.Fast.Venue")]
    public void A_project_references_only_the_projects_it_may(string project, params string[] allowed)
    {
        var references = Elements(ProjectFile(project), "ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')));
        Assert.Subset(allowed.ToHashSet(StringComparer.Ordinal), references.ToHashSet(StringComparer.Ordinal));
    }

    [Fact]
    public void No_project_compiles_another_ones_files()
    {
        Assert.All(
            SourceTree.Files.Where(IsProject),
            file => Assert.DoesNotContain(Elements(file, "Compile"), item => item.Attribute("Link") is not null));
    }

    [Fact]
    public void No_folder_holds_more_files_than_one_can_survey()
    {
        var crowded = SourceTree.Code("src").GroupBy(file => Path.GetDirectoryName(file)!, StringComparer.Ordinal)
            .Where(folder => folder.Count() > MaxFiles);
        Assert.Empty(crowded.Select(folder => $"{folder.Key}: {folder.Count()}"));
    }

    [Fact]
    public void Signing_stands_on_the_base_library_alone()
    {
        Assert.Empty(Elements(ProjectFile("Dmex.Fast.Signing"), "PackageReference"));
        Assert.Empty(Elements(ProjectFile("Dmex.Fast.Signing"), "FrameworkReference"));
        foreach (var file in SourceTree.Code("src/Dmex.Fast.Signing"))
        {
            // No I/O, no threads of its own, no clock: Interlocked, Volatile and SpinWait guard a key's lifetime.
            Assert.DoesNotMatch(ForbiddenInSigning(), SourceTree.Text(file));
        }
    }

    [Fact]
    public void The_venue_shares_no_code_with_the_client()
    {
        Assert.All(
            SourceTree.Code("src/Dmex.Fast.Venue"),
            file => Assert.DoesNotMatch(OursOutsideVenue(), WithoutComments(SourceTree.Text(file))));
    }

    [Fact]
    public void Namespaces_follow_folders_and_public_types_of_the_client_are_in_its_root_namespace()
    {
        var offences = new List<string>();
        foreach (var file in SourceTree.Files.Where(file => file.EndsWith(".cs", StringComparison.Ordinal)))
        {
            if (DeclaredNamespace().Match(SourceTree.Text(file)) is not { Success: true } declared)
            {
                continue; // top-level statements, assembly attributes
            }

            var expected = string.Join('.', file.Split('/')[1..^1]);
            var name = declared.Groups["name"].Value;
            var isContract = file.StartsWith("src/Dmex.Fast/", StringComparison.Ordinal) && PublicType().IsMatch(SourceTree.Text(file));
            if (!string.Equals(name, isContract ? "Dmex.Fast" : expected, StringComparison.Ordinal))
            {
                offences.Add($"{file}: {declared.Groups["name"].Value}");
            }
        }

        Assert.True(offences.Count == 0, string.Join('\n', offences));
    }

    [Fact]
    public void Package_versions_stand_in_one_place()
    {
        foreach (var file in SourceTree.Files.Where(IsProject))
        {
            foreach (var reference in Elements(file, "PackageReference"))
            {
                Assert.True(
                    reference.Attribute("Version") is null && reference.Attribute("VersionOverride") is null && !reference.HasElements,
                    $"{file} gives {reference.Attribute("Include")?.Value} a version: Directory.Packages.props does.");
            }

            if (!file.Equals("Directory.Packages.props", StringComparison.Ordinal))
            {
                Assert.Empty(Elements(file, "PackageVersion"));
            }
        }
    }

    private static bool IsProject(string file) =>
        Path.GetExtension(file) is ".csproj" or ".props" or ".targets";

    private static string ProjectFile(string project) => $"src/{project}/{project}.csproj";

    private static IEnumerable<XElement> Elements(string file, string name) =>
        XDocument.Load(Path.Combine(Repository.Root, file)).Descendants(name);

    private static string WithoutComments(string code) => Comment().Replace(code, string.Empty);

    [GeneratedRegex(@"^\s*//.*$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 60_000)]
    private static partial Regex Comment();

    [GeneratedRegex(@"^public ", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 60_000)]
    private static partial Regex PublicType();

    [GeneratedRegex(@"\bDmex\.Fast\.(?!Venue\b)[A-Z]|\busing\s+Dmex\.Fast\s*;", RegexOptions.ExplicitCapture, 60_000)]
    private static partial Regex OursOutsideVenue();

    [GeneratedRegex(@"^namespace\s+(?<name>[\w.]+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 60_000)]
    private static partial Regex DeclaredNamespace();

    [GeneratedRegex(
        @"using System\.(IO|Net|Diagnostics\.Process|Threading\.Tasks|Timers|Console)\b|\b(DateTime(Offset)?|Stopwatch|Task|Thread|Timer|File|Console)\.",
        RegexOptions.ExplicitCapture,
        60_000)]
    private static partial Regex ForbiddenInSigning();
}
