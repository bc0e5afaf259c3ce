using System.Text.RegularExpressions;
using System.Xml.Linq;
using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.Architecture;

/// <summary>Documents that name a file name one that is there.</summary>
public sealed partial class DocumentsTests
{
    [Fact]
    public void Every_path_that_the_documents_name_exists()
    {
        var missing = Documents().SelectMany(document => Path().Matches(document.Text)
            .Select(match => match.Groups["path"].Value)
            .Where(path => !Exists(Repository.Root, path))
            .Select(path => $"{document.Name}: {path}"));

        Assert.Empty(missing);
    }

    [Fact]
    public void Every_link_between_documents_leads_somewhere()
    {
        var broken = Documents().SelectMany(document => Link().Matches(document.Text)
            .Select(match => match.Groups["target"].Value)
            .Where(target => !target.Contains("://", StringComparison.Ordinal) && !target.StartsWith('#'))
            .Where(target => !Exists(document.Folder, target.Split('#')[0]))
            .Select(target => $"{document.Name}: {target}"));

        Assert.Empty(broken);
    }

    [Fact]
    public void The_links_of_the_packages_readmes_are_absolute_and_lead_to_files_of_the_repository()
    {
        var address = XDocument.Load(System.IO.Path.Combine(Repository.Root, "Directory.Build.props"))
            .Descendants("RepositoryUrl").Single().Value + "/blob/main/";
        var readmes = Directory.GetFiles(System.IO.Path.Combine(Repository.Root, "src"), "README.md", SearchOption.AllDirectories)
            .Where(file => !file.Replace('\\', '/').Contains("/bin/", StringComparison.Ordinal)).ToArray();
        Assert.Equal(9, readmes.Length);
        var links = readmes.SelectMany(file =>
            Link().Matches(File.ReadAllText(file)).Select(match => (File: file, Target: match.Groups["target"].Value)));

        Assert.All(links, link =>
        {
            Assert.StartsWith(address, link.Target, StringComparison.Ordinal);
            Assert.True(Exists(Repository.Root, link.Target[address.Length..]), $"{link.File}: {link.Target}");
        });
    }

    private static IEnumerable<(string Name, string Folder, string Text)> Documents() =>
        Directory.EnumerateFiles(Repository.Root, "*.md")
            .Concat(Directory.EnumerateFiles(System.IO.Path.Combine(Repository.Root, "docs"), "*.md"))
            .Select(file => (System.IO.Path.GetFileName(file), System.IO.Path.GetDirectoryName(file)!, File.ReadAllText(file)));

    private static bool Exists(string folder, string path) => System.IO.Path.Exists(System.IO.Path.Combine(folder, path));

    [GeneratedRegex("`(?<path>(src|tests|docs|bench|perf-results)/[^`* ]+)`", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Path();

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Link();
}
