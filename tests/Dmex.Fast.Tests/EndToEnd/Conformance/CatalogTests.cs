using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Xunit;

namespace Dmex.Fast.Tests.EndToEnd.Conformance;

/// <summary>Every case of the groups that concern the client has its test, and no test names a case that there is not.</summary>
public sealed partial class CatalogTests
{
    // How many cases each section of the suite has. Of 9.9 it has one, which it does not run.
    private static readonly (string Section, int Cases)[] Sections =
    [
        ("1.1", 8), ("1.2", 8),
        ("2", 11),
        ("3", 7),
        ("4.1", 5), ("4.2", 5),
        ("5", 20),
        ("6.1", 3), ("6.2", 4), ("6.3", 2), ("6.4", 4), ("6.5", 5), ("6.6", 11), ("6.7", 4), ("6.8", 2), ("6.9", 4), ("6.10", 3),
        ("6.11", 5), ("6.12", 8), ("6.13", 5), ("6.14", 10), ("6.15", 1), ("6.16", 3), ("6.17", 5), ("6.18", 5), ("6.19", 5),
        ("6.20", 7), ("6.21", 8), ("6.22", 34), ("6.23", 7),
        ("7.1", 6), ("7.3", 6), ("7.5", 1), ("7.7", 13), ("7.9", 9), ("7.13", 2),
        ("9.1", 6), ("9.2", 6), ("9.3", 9), ("9.4", 9), ("9.5", 6), ("9.6", 6), ("9.7", 6), ("9.8", 6), ("9.9", 1),
        ("10.1", 1),
    ];

    [Fact]
    public void Every_case_of_the_groups_has_its_test()
    {
        var expected = Sections.SelectMany(section => Enumerable.Range(1, section.Cases).Select(number => $"{section.Section}.{number}"));
        var tested = typeof(CatalogTests).Assembly.GetTypes()
            .Where(type => string.Equals(type.Namespace, typeof(CatalogTests).Namespace, StringComparison.Ordinal))
            .SelectMany(type => type.GetMethods())
            .Where(method => method.Name.StartsWith("Case_", StringComparison.Ordinal))
            .SelectMany(Cases);

        Assert.Equal(expected.Order(StringComparer.Ordinal), tested.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
    }

    /// <summary>The first argument of each row of a theory; else the case that the name begins with.</summary>
    private static IEnumerable<string> Cases(MethodInfo method)
    {
        if (method.GetCustomAttribute<TheoryAttribute>() is null)
        {
            return [CaseInName().Match(method.Name).Groups["id"].Value.Replace('_', '.')];
        }

        if (method.GetCustomAttribute<MemberDataAttribute>() is { } member)
        {
            var rows = (IEnumerable)method.DeclaringType!.GetProperty(member.MemberName)!.GetValue(null)!;
            return rows.Cast<ITheoryDataRow>().Select(row => (string)row.GetData()[0]!);
        }

        return method.GetCustomAttributes<InlineDataAttribute>()
            .Select(inline => Convert.ToString(inline.Data[0], CultureInfo.InvariantCulture)!);
    }

    [GeneratedRegex("^Case_(?<id>[0-9]+(_[0-9]+)*)_", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex CaseInName();
}
