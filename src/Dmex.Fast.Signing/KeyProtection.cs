namespace Dmex.Fast.Signing;

/// <summary>What the operating system granted for the memory that holds secrets.</summary>
[Flags]
public enum KeyProtection
{
    /// <summary>Nothing beyond zeroing.</summary>
    None = 0,

    /// <summary>The pages are locked: never written to swap.</summary>
    Locked = 1,

    /// <summary>The pages are left out of core dumps.</summary>
    ExcludedFromDumps = 2,

    /// <summary>Child processes do not inherit the pages.</summary>
    ExcludedFromForks = 4,

    /// <summary>The pages lie between two that cannot be read or written, so that an overrun ends the process.</summary>
    GuardPages = 8,
}
