namespace Dmex.Fast;

/// <summary>Who says what a <see cref="CancelOutcome"/> says.</summary>
[Flags]
public enum CancelEvidence
{
    /// <summary>None: the outcome is that nothing is known.</summary>
    None = 0,

    /// <summary>The venue's reply to a cancel.</summary>
    Reply = 1,

    /// <summary>The venue's own list of open orders, in two reads in a row.</summary>
    List = 2,

    /// <summary>The reply and the list.</summary>
    Both = Reply | List,
}
