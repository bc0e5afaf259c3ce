namespace Dmex.Fast.Tracking;

/// <summary>What is to be done about the next copy of a cancel.</summary>
internal enum CopyStep
{
    /// <summary>Nothing: only an answer or a caller moves it on.</summary>
    Rest,

    /// <summary>Decide again at a time.</summary>
    LookAgain,

    /// <summary>The refusal that was held back counts.</summary>
    TellRefusal,

    /// <summary>Send when a connection is ready.</summary>
    AwaitConnection,

    /// <summary>Send, as soon as the budgets allow.</summary>
    Send,
}
