namespace Dmex.Fast.Connections;

/// <summary>Told what became of frames whose sender does not wait.</summary>
internal interface ISendObserver
{
    /// <summary>
    /// Whether a frame that waits for room is still to be sent. A frame that is not is taken out and its sender is told
    /// <see cref="NotSentReason.Withdrawn"/>.
    /// </summary>
    /// <param name="state">What the sender gave.</param>
    /// <param name="generation">What the sender gave.</param>
    /// <remarks>Called under the queue's lock, on any thread: must take no lock and must not throw.</remarks>
    bool IsWanted(object state, uint generation);

    /// <summary>Called once per frame, on the thread that flushed or gave up: must not block and must not be user code.</summary>
    /// <param name="state">What the sender gave.</param>
    /// <param name="generation">What the sender gave.</param>
    /// <param name="outcome">Written, not sent, or unknown.</param>
    void Sent(object state, uint generation, in SendOutcome outcome);
}
