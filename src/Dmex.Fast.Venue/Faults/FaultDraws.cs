namespace Dmex.Fast.Venue.Faults;

/// <summary>
/// The seeded choices for one message. Each is a function of (seed, connection, message, kind of choice) and of nothing
/// else: no generator is shared, so neither threads nor the faults switched on change what the others draw.
/// </summary>
internal readonly struct FaultDraws(int seed, long connectionId, long messageIndex)
{
    private readonly ulong _state = Mix(Mix(Mix((uint)seed) ^ (ulong)connectionId) ^ (ulong)messageIndex);

    /// <summary>Whether a fault of this probability strikes.</summary>
    public bool Happens(FaultKind kind, double probability) => probability > 0 && Unit(kind) < probability;

    /// <summary>A number in [0, 1).</summary>
    public double Unit(FaultKind kind) => (Bits(kind) >> 11) * (1.0 / (1UL << 53));

    /// <summary>64 bits.</summary>
    public ulong Bits(FaultKind kind) => Mix(_state ^ ((ulong)kind << 32));

    // SplitMix64 (Steele, Lea, Flood 2014): a full avalanche, so neighboring seeds and messages are unrelated.
    private static ulong Mix(ulong value)
    {
        value += 0x9E3779B97F4A7C15;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
