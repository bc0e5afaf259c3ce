using System.Runtime.InteropServices;

namespace Dmex.Fast.Beats;

/// <summary>
/// What an engine and its standby share: one page of memory, in the machine's byte order. Each line of 64 bytes has one writer, so that
/// a pulse meets no other processor's store.
/// <code>
///   0  "DMEXBEAT", version (4), 0, the engine's random mark (16)
///  64  engine:  when it pulsed last (8), how often (8)
/// 128  standby: fence (8), when by the monotonic clock (8), by the wall clock (8), why (4), by which process (4)
/// 192  engine:  the fence that it has found (8), the one that it has resumed from (8), closed (4)
/// 256  standby: when it looked last (8), which process it is (4)
/// </code>
/// Times are ticks of <see cref="System.Diagnostics.Stopwatch"/> (CLOCK_MONOTONIC, the same in every process of the host).
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = Size)]
internal struct BeatWords
{
    public const int Size = 4096;
    public const int CurrentVersion = 1;

    /// <summary>"DMEXBEAT".</summary>
    public const ulong MagicNumber = 0x5441_4542_5845_4D44;

    [FieldOffset(0)]
    public ulong Magic;

    [FieldOffset(8)]
    public int Version;

    [FieldOffset(16)]
    public Guid Engine;

    /// <summary>0 until the first pulse.</summary>
    [FieldOffset(64)]
    public long PulsedAt;

    [FieldOffset(72)]
    public long Pulses;

    /// <summary>0 until a standby fires; written after the rest of its line.</summary>
    [FieldOffset(128)]
    public ulong Fence;

    [FieldOffset(136)]
    public long FencedAt;

    [FieldOffset(144)]
    public long FencedUnixMilliseconds;

    [FieldOffset(152)]
    public int Trigger;

    [FieldOffset(156)]
    public int FencedBy;

    [FieldOffset(192)]
    public ulong FoundFence;

    [FieldOffset(200)]
    public ulong ResumedFence;

    /// <summary>1 once the client was closed.</summary>
    [FieldOffset(208)]
    public int IsClosed;

    /// <summary>0 until a standby that can fire watches.</summary>
    [FieldOffset(256)]
    public long WatchedAt;

    [FieldOffset(264)]
    public int WatchedBy;
}
