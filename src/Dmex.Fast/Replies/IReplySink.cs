namespace Dmex.Fast;

/// <summary>Takes the verdicts of a message from an <see cref="IReplyClassifier"/>.</summary>
public interface IReplySink
{
    /// <summary>Takes one verdict; called on the thread that classifies, so it must not wait.</summary>
    /// <param name="reply">The verdict on one order. An order has at most one in a message.</param>
    /// <returns>False to leave the rest of the message, for instance when the connection is lost.</returns>
    bool OnReply(in Reply reply);

    /// <summary>
    /// Whether no verdict is wanted any more. A classifier looks now and then while it reads a long message, and leaves it: reading on
    /// would hold up a connection's closing.
    /// </summary>
    bool IsStopped => false;
}
