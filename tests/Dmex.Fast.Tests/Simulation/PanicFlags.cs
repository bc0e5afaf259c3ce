namespace Dmex.Fast.Tests.Simulation;

/// <summary>How a panic is fired.</summary>
[Flags]
internal enum PanicFlags
{
    None = 0,

    /// <summary>Its copies keep to the account's rate.</summary>
    RespectsRate = 1,

    /// <summary>Each order goes out on every connection that is free.</summary>
    Broadcast = 2,

    /// <summary>What is armed or retagged in its scope later is fired too.</summary>
    Latches = 4,
}
