namespace Dmex.Fast.Tests.Simulation;

/// <summary>
/// Random numbers by what they are for rather than by their turn: taking a step out of a script leaves all other draws as they were, so
/// that a failing script can be shortened. SplitMix64 (Steele, Lea and Flood 2014).
/// </summary>
internal readonly struct Randomness(ulong seed)
{
    /// <summary>64 random bits for a purpose, of so many things of that kind.</summary>
    public ulong Bits(int what, int which, Draw purpose)
    {
        var state = seed + ((ulong)(uint)what * 0x9E37_79B9_7F4A_7C15) + ((ulong)(uint)which * 0xD1B5_4A32_D192_ED03)
            + ((ulong)(uint)purpose * 0x8CB9_2BA7_2F3D_8DD7);
        return Mix(state);
    }

    /// <summary>From 0 to one below the bound.</summary>
    public int Below(int bound, int what, int which, Draw purpose) => (int)(Bits(what, which, purpose) % (ulong)bound);

    /// <summary>True in so many of a thousand cases.</summary>
    public bool Chance(int perMille, int what, int which, Draw purpose) => perMille > 0 && Below(1000, what, which, purpose) < perMille;

    /// <summary>Mixes all bits of a word.</summary>
    public static ulong Mix(ulong state)
    {
        state += 0x9E37_79B9_7F4A_7C15;
        state = (state ^ (state >> 30)) * 0xBF58_476D_1CE4_E5B9;
        state = (state ^ (state >> 27)) * 0x94D0_49BB_1331_11EB;
        return state ^ (state >> 31);
    }
}
