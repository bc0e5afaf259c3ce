namespace Dmex.Fast.Connections;

/// <summary>Told what became of frames whose sender did not wait.</summary>
internal interface ISendObserver
{
    /// <summary>Called once a frame, on the thread that flushed or gave up: must not block and must not be user code.</summary>
    /// <param name="state">What the sender gave.</param>
    /// <param name="generation">What the sender gave.</param>
    /// <param name="outcome">Written, not sent, or unknown.</param>
    void Sent(object state, uint generation, in SendOutcome outcome);
}
