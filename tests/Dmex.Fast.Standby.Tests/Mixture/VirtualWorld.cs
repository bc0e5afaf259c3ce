namespace Dmex.Fast.Standby.Tests.Mixture;

/// <summary>Virtual time: what is scheduled happens in order, on the thread that runs it.</summary>
internal sealed class VirtualWorld
{
    private readonly PriorityQueue<Action, (TimeSpan At, long Order)> _events = new();
    private long _order;

    public TimeSpan Now { get; private set; } = TimeSpan.FromSeconds(1);

    public void Schedule(TimeSpan after, Action what) => _events.Enqueue(what, (Now + after, _order++));

    public void RunFor(TimeSpan time)
    {
        var end = Now + time;
        while (_events.TryPeek(out var next, out var due) && due.At <= end)
        {
            _ = _events.Dequeue();
            Now = due.At;
            next();
        }

        Now = end;
    }
}
