namespace Dmex.Fast.Replies;

/// <summary>Where in a text a phrase has to stand.</summary>
internal enum ReplyPhraseMatch
{
    Anywhere,
    AtEnd,

    /// <summary>The phrase is the whole text.</summary>
    Whole,

    /// <summary>The phrase is the whole text of a property that gives the reason.</summary>
    WholeReason,
}
