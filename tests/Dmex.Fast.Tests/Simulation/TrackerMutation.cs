namespace Dmex.Fast.Tests.Simulation;

/// <summary>A fault planted into a source file: a piece of its text, which must be there once, and what takes its place.</summary>
/// <param name="Name">What is wrong, in a few words.</param>
/// <param name="File">The file, from the root of the repository.</param>
/// <param name="Original">The text as it is.</param>
/// <param name="Replacement">The text with the fault.</param>
internal sealed record TrackerMutation(string Name, string File, string Original, string Replacement)
{
    /// <summary>The text with the fault.</summary>
    /// <exception cref="InvalidOperationException">The file does not hold the original once: the mutation must follow the
    /// source.</exception>
    public string Apply(string source)
    {
        var at = source.IndexOf(Original, StringComparison.Ordinal);
        if (at < 0 || source.IndexOf(Original, at + 1, StringComparison.Ordinal) >= 0)
        {
            throw new InvalidOperationException(
                $"Mutation \"{Name}\": {File} holds its text {(at < 0 ? "not at all" : "more than once")}. Adapt the mutation to the "
                + "source.");
        }

        return source.Replace(Original, Replacement, StringComparison.Ordinal);
    }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
