namespace Dmex.Fast.Connections;

/// <summary>
/// Ignores the outcome of redundant copies: what another connection carries as well. At most MaxWaitingSends of them wait for room.
/// </summary>
internal sealed class NullSendObserver : ISendObserver
{
    public static NullSendObserver Instance { get; } = new();

    public bool IsWanted(object state, uint generation) => true;

    public void Sent(object state, uint generation, in SendOutcome outcome)
    {
    }
}
