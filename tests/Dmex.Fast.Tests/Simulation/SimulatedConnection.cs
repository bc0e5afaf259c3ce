namespace Dmex.Fast.Tests.Simulation;

/// <summary>A connection: its true state, and what the tracker was told of it.</summary>
internal sealed class SimulatedConnection
{
    /// <summary>It carries bytes.</summary>
    public bool IsUp;

    /// <summary>Its life, counted over all connections.</summary>
    public long Incarnation;

    /// <summary>What the tracker was told.</summary>
    public bool IsToldUp;

    /// <summary>The life that the tracker was told of last.</summary>
    public long ToldIncarnation;

    /// <summary>The life whose end is to be told.</summary>
    public long EndedIncarnation;

    /// <summary>It takes no bytes before.</summary>
    public long StalledUntil;

    /// <summary>The venue answers nothing on it before.</summary>
    public long SilentUntil;

    /// <summary>It will be made anew.</summary>
    public bool IsReconnecting;

    /// <summary>How often it was made.</summary>
    public int Lives;

    /// <summary>The first and the last copy that it keeps without sending; −1 for none.</summary>
    public int FirstParked = -1;

    /// <inheritdoc cref="FirstParked"/>
    public int LastParked = -1;

    /// <summary>Copies of a panic's batch whose outcome is not known; the connection takes another batch when there are none.</summary>
    public int Batched;

    /// <summary>When an answer was read last in this life.</summary>
    public long AnsweredAt;

    /// <summary>It let a copy go unanswered for too long, and has answered nothing since the copy.</summary>
    public bool Owes;

    /// <summary>It let a copy go unanswered for too long, though it may have answered others.</summary>
    public bool MayOwe;

    /// <summary>Begins anew, as part of a new world.</summary>
    public void Reset()
    {
        IsUp = IsToldUp = IsReconnecting = Owes = MayOwe = false;
        Incarnation = ToldIncarnation = EndedIncarnation = StalledUntil = SilentUntil = AnsweredAt = 0;
        Lives = Batched = 0;
        FirstParked = LastParked = -1;
    }
}
