namespace Dmex.Fast.Connections;

/// <summary>Observes frames whose fate is nobody's question: further copies of what another connection carries.</summary>
internal sealed class NobodyAsks : ISendObserver
{
    public static NobodyAsks Instance { get; } = new();

    public void Sent(object state, uint generation, in SendOutcome outcome)
    {
    }
}
