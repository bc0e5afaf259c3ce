namespace Dmex.Fast.Dispatch;

/// <summary>Takes what became of a copy of a cancel, or of a batch of copies.</summary>
internal delegate void SentHandler(in SendOutcome outcome);
