using System.Numerics;

namespace Dmex.Fast.Tracking;

/// <summary>
/// Which connections are up, which of them carries the work, and how far each has come with its answers. Connections are counted
/// from 1 and are bits of a word: bit 0 is connection 1. Not thread-safe.
/// </summary>
/// <param name="policy">How the connections share the work.</param>
internal sealed class ConnectionTable(ConnectionPolicy policy)
{
    /// <summary>Connections are bits of a word, and counts of four bits.</summary>
    public const int MaxConnections = 16;

    private readonly ConnectionLife[] _lives = new ConnectionLife[MaxConnections];
    private uint _primary;

    /// <summary>The connections that are up, as bits.</summary>
    public uint Up { get; private set; }

    /// <summary>
    /// The connections that let a copy go unanswered for longer than the time allowed, and have answered nothing since. They carry
    /// copies only where no other is up.
    /// </summary>
    public uint Owing { get; private set; }

    /// <summary>The connection that carries the work, counted from 1; 0 when none is up.</summary>
    public int Primary => _primary == 0 ? 0 : BitOperations.TrailingZeroCount(_primary) + 1;

    /// <summary>The bit of a connection.</summary>
    public static uint Bit(int connectionId) => 1u << (connectionId - 1);

    /// <summary>The connection of the lowest bit.</summary>
    public static int Lowest(uint connections) => BitOperations.TrailingZeroCount(connections) + 1;

    /// <summary>The life that a connection is in, or was in last.</summary>
    public long Incarnation(int connectionId) => _lives[connectionId - 1].Incarnation;

    /// <summary>Whether a connection is up in this life.</summary>
    public bool IsCurrent(int connectionId, long incarnation) =>
        _lives[connectionId - 1] is { IsUp: true } life && life.Incarnation == incarnation;

    /// <summary>A connection is ready, in a new life.</summary>
    public void Raise(int connectionId, long incarnation)
    {
        _lives[connectionId - 1] = new ConnectionLife { Incarnation = incarnation, IsUp = true };
        Up |= Bit(connectionId);
        Owing &= ~Bit(connectionId);
        ChoosePrimary();
    }

    /// <summary>A connection ended; false when this life of it was not up.</summary>
    public bool Lower(int connectionId, long incarnation)
    {
        if (!IsCurrent(connectionId, incarnation))
        {
            return false;
        }

        _lives[connectionId - 1].IsUp = false;
        Up &= ~Bit(connectionId);
        Owing &= ~Bit(connectionId);
        ChoosePrimary();
        return true;
    }

    /// <summary>A connection answered a copy.</summary>
    /// <param name="connectionId">Counted from 1.</param>
    /// <param name="written">When the copy was written; 0 when that is not known.</param>
    /// <param name="now">When the answer came.</param>
    public void NoteAnswer(int connectionId, long written, long now)
    {
        ref var life = ref _lives[connectionId - 1];
        life.LastAnswer = now;
        life.LatestAnswered = Math.Max(life.LatestAnswered, written);
        if ((Owing & Bit(connectionId)) != 0)
        {
            Owing &= ~Bit(connectionId);
            ChoosePrimary();
        }
    }

    /// <summary>A connection spoke of a cancel without answering it.</summary>
    public void NoteSign(int connectionId, long incarnation, long now)
    {
        if (IsCurrent(connectionId, incarnation))
        {
            _lives[connectionId - 1].LastAnswer = now;
        }
    }

    /// <summary>Connections owe an answer. The primary loses its rank to one that does not; returns it, counted from 1, or 0.</summary>
    public int NoteOwing(uint connections)
    {
        Owing |= connections & Up;
        var before = Primary;
        ChoosePrimary();
        return before != 0 && Primary != before ? before : 0;
    }

    /// <summary>When a connection last answered a copy; 0 for never in this life.</summary>
    public long LastAnswer(int connectionId) => _lives[connectionId - 1].LastAnswer;

    /// <summary>Whether a connection has answered a copy that was written later.</summary>
    public bool IsPast(int connectionId, long written) => _lives[connectionId - 1].LatestAnswered > written;

    /// <summary>The connections that the next copy goes to by the policy, as bits; 0 when there is none.</summary>
    /// <param name="sending">Those that are not able to carry it: they are sending a copy.</param>
    /// <param name="avoid">Those to avoid where there is a choice.</param>
    public uint Targets(uint sending, uint avoid)
    {
        var able = Up & ~sending;
        var preferred = able & ~(avoid | Owing);
        var candidates = preferred != 0 ? preferred : able;
        return policy == ConnectionPolicy.Broadcast ? candidates
            : (_primary & candidates) != 0 ? _primary
            : candidates & (0 - candidates);
    }

    /// <summary>The primary stays as long as it is up and owes nothing, or every connection does.</summary>
    private void ChoosePrimary()
    {
        var fit = Up & ~Owing;
        if ((_primary & fit) != 0 || (fit == 0 && (_primary & Up) != 0))
        {
            return;
        }

        var candidates = fit != 0 ? fit : Up;
        _primary = candidates & (0 - candidates);
    }
}
