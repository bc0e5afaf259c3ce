using System.Text.RegularExpressions;
using Xunit;

namespace Dmex.Fast.Tests.Architecture;

/// <summary>What must not stand in any file. The patterns are put together here, so that this file passes them itself.</summary>
public sealed class TextTests
{
    private const int MaxLines = 500;

    /// <summary>For a kernel of one instruction set, which is unrolled and says so in its name.</summary>
    private const int MaxKernelLines = 700;

    [Fact]
    public void Files_stay_short_enough_to_read()
    {
        var offences = SourceTree.Code("src")
            .Where(
                file =>
                    !file.Contains("Generated", StringComparison.OrdinalIgnoreCase) && !file.Contains("Table", StringComparison.Ordinal))
            .Select(file => (File: file, Lines: SourceTree.Text(file).AsSpan().Count('\n')))
            .Where(entry => entry.Lines > (entry.File.Contains(".Avx", StringComparison.Ordinal) ? MaxKernelLines : MaxLines))
            .Select(entry => $"{entry.File}: {entry.Lines} lines");
        AssertNone(offences);
    }

    [Fact]
    public void Nothing_is_left_for_later_in_a_comment() =>
        AssertNone(Matches(@"\b(" + "TO" + "DO|FIX" + "ME|HA" + "CK|X" + @"XX)\b|NotImplemented" + "Exception"));

    [Fact]
    public void No_path_of_a_machine_is_written_down() =>
        AssertNone(Matches(
            @"(^|[^A-Za-z0-9_./~$}-])/(work|root|farm|Users|ho" + @"me/[a-z]|tmp/[a-z])|\b[A-Za-z]:\\" + @"Users\\"));

    [Fact]
    public void No_package_registry_is_written_down() =>
        AssertNone(Matches(
            @"registry\." + @"(npmjs|yarnpkg)\.|\bnug" + @"et\.org\b|\bpy" + @"pi\.org\b|\bfiles\.python" + @"hosted\.|deb\."
                + @"debian\.|archive\." + @"ubuntu\."));

    [Fact]
    public void Comments_give_the_reason_themselves_instead_of_pointing_at_a_plan() =>
        AssertNone(Matches(@"\b(issue|ticket)s? +" + @"#?\d|DES" + @"IGN(\.md| +§| +[0-9])"));

    [Fact]
    public void Text_ends_its_lines_and_its_files_with_a_line_feed()
    {
        var offences = SourceTree.TextFiles.Where(file =>
        {
            var text = SourceTree.Text(file);
            return text.Contains('\r', StringComparison.Ordinal) || (text.Length > 0 && text[^1] != '\n');
        });
        AssertNone(offences);
    }

    private static IEnumerable<string> Matches(string pattern)
    {
        var regex = new Regex(pattern, RegexOptions.ExplicitCapture | RegexOptions.Multiline, TimeSpan.FromMinutes(1));
        return SourceTree.TextFiles.SelectMany(
            file => regex.Matches(SourceTree.Text(file)).Select(match => $"{file}: {match.Value.Trim()}"));
    }

    private static void AssertNone(IEnumerable<string> offences)
    {
        var found = offences.ToArray();
        Assert.True(found.Length == 0, string.Join('\n', found));
    }
}
