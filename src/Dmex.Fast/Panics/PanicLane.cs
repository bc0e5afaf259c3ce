using Dmex.Fast.Connections;
using Dmex.Fast.Protocol;

namespace Dmex.Fast.Panics;

/// <summary>
/// The run of frames that a panic sends on one connection: its bytes and the slots that they are of. One run at a time; it
/// belongs to whoever set <see cref="Run"/>, until the connection says what became of it.
/// </summary>
internal sealed class PanicLane
{
    public PanicLane(int connectionId, int bytes)
    {
        ConnectionId = connectionId;
        Frames = new byte[bytes];
        Slots = new int[bytes / CancelFrame.Length];
        Generations = new uint[bytes / CancelFrame.Length];
    }

    public int ConnectionId { get; }

    public byte[] Frames { get; }

    public int[] Slots { get; }

    public uint[] Generations { get; }

    /// <summary>What the run was given to.</summary>
    public VenueConnection? Connection { get; set; }

    /// <summary>Since when the run is under way.</summary>
    public long Since { get; set; }

    /// <summary>How many frames the run has.</summary>
    public int Count;

    /// <summary>Whose run is under way; null when the lane is free.</summary>
    public volatile PanicRun? Run;
}
