using Xunit;

namespace Dmex.Fast.Tests.Unit.Replies;

/// <summary>Realistic replies of venues, with the verdict that is right for each.</summary>
public sealed class ReplyVectorTests
{
    private static readonly ReplyClassifier Classifier = new();

    [Theory]
    [InlineData("replies-handed.tsv", 88)]
    [InlineData("replies-own.tsv", 530)]
    public void Every_reply_is_told_right_and_none_is_confirmed_falsely(string file, int fewest)
    {
        var vectors = ReplyVectors.Read(file).ToArray();
        Assert.True(vectors.Length >= fewest, $"{file} has {vectors.Length} messages.");
        var wrong = vectors
            .Select(vector => (vector.Expected, Actual: ReplyVectors.Verdict(Classifier, vector.Message), vector.Message))
            .Where(result => !ReplyVectors.IsRight(result.Expected, result.Actual))
            .Select(result => $"expected {result.Expected}, got {result.Actual}: {result.Message}")
            .ToArray();
        Assert.True(wrong.Length == 0, string.Join('\n', wrong));
    }
}
