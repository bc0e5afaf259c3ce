namespace Dmex.Fast.Tracking;

/// <summary>Owns the waits of a client. Thread-safe.</summary>
internal interface IWaitOwner
{
    /// <summary>Ends one wait because its token was canceled; the cancel goes on.</summary>
    void EndWait(CancelWait wait, CancellationToken token);

    /// <summary>Takes a wait back into the pool.</summary>
    void GiveBack(CancelWait wait);
}
