namespace Dmex.Fast.Tests.Simulation;

/// <summary>What the venue has said about an order.</summary>
[Flags]
internal enum SaidAbout
{
    Nothing = 0,
    Rejected = 1,
    Confirmed = 2,

    /// <summary>Shifted by a <see cref="GoneReason"/>.</summary>
    Gone = 4,
}
