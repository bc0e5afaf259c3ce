namespace Dmex.Fast.Replies;

/// <summary>An operator's rule: what a message of one form means. Immutable.</summary>
internal sealed record ReplyRule
{
    public required string Name { get; init; }

    /// <summary>What it means for the order; None when it says nothing about cancels.</summary>
    public required ReplyKind Kind { get; init; }

    public GoneReason Gone { get; init; }

    public required ReplyTemplate Template { get; init; }

    /// <summary>Whether the message names the order.</summary>
    public required bool HasOrder { get; init; }

    /// <summary>What the built-in tables say instead, where the rule says that it knows.</summary>
    public ReplyKind Overrides { get; init; }

    /// <summary>Its line in the file, from 1.</summary>
    public required int Line { get; init; }
}
