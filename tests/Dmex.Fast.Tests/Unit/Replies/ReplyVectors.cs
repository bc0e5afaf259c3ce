using System.Text;
using Dmex.Fast.Signing;
using Dmex.Fast.Tests.Support;

namespace Dmex.Fast.Tests.Unit.Replies;

/// <summary>The messages and verdicts of Vectors/replies-*.tsv.</summary>
internal static class ReplyVectors
{
    /// <summary>Each line's verdicts that are right, separated by |, and its message, with the hashes in place.</summary>
    public static IEnumerable<(string Expected, string Message)> Read(string file) =>
        File.ReadLines(Repository.Vector(file))
            .Where(line => line.Length > 0 && line[0] != '#')
            .Select(line => line.Split('\t'))
            .Select(parts => (parts[0], Fill(parts[1])));

    /// <summary>What a classifier says, as the files write it: "A:Confirmed,B:Gone.Filled", or "-".</summary>
    public static string Verdict(IReplyClassifier classifier, string message)
    {
        var replies = new ReplyList();
        _ = classifier.Classify(Encoding.UTF8.GetBytes(message), replies);
        var verdicts = replies.Select(reply =>
            (reply.Hash == OrderHash.Parse(ReplyClassifierTests.A) ? "A:" : "B:")
            + (reply.Kind == ReplyKind.Gone ? $"Gone.{reply.Gone}" : reply.Kind.ToString()));
        return replies.Count == 0 ? "-" : string.Join(',', verdicts);
    }

    /// <summary>Whether a verdict is one of those that are right. An acknowledgement decides nothing, so it is as good as none.</summary>
    public static bool IsRight(string expected, string actual)
    {
        var decided = actual.Split(',').Where(verdict => !verdict.EndsWith("Acknowledged", StringComparison.Ordinal)).ToArray();
        var reduced = decided.Length == 0 ? ["-"] : decided;
        return expected.Split('|').Any(right => Matches(right.Split(','), actual.Split(',')) || Matches(right.Split(','), reduced));
    }

    private static bool Matches(string[] expected, string[] actual) =>
        expected.Length == actual.Length && expected.Zip(actual).All(pair => pair.First.EndsWith('*')
            ? pair.Second.StartsWith(pair.First[..^1], StringComparison.Ordinal)
            : string.Equals(pair.First, pair.Second, StringComparison.Ordinal));

    // Between texts \n is a line feed; inside a text it is JSON's.
    private static string Fill(string message) => message
        .Replace("@", ReplyClassifierTests.A, StringComparison.Ordinal)
        .Replace("#", ReplyClassifierTests.B, StringComparison.Ordinal)
        .Replace("}\\n", "}\n", StringComparison.Ordinal)
        .Replace("]\\n[", "]\n[", StringComparison.Ordinal);
}
