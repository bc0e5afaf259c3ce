namespace Dmex.Fast.Lab.Drills;

/// <summary>What a round of a drill has shown; times in milliseconds.</summary>
/// <param name="Fault">What befell the engine.</param>
/// <param name="Orders">How many were armed and open.</param>
/// <param name="Ttl">How much silence the standby allowed.</param>
/// <param name="Triggered">From the fault (of a hung loop, from its last pulse) to the standby's decision.</param>
/// <param name="FirstByte">From the decision until the kernel had the first cancels.</param>
/// <param name="LastByte">From the decision until the kernel had the last cancel.</param>
/// <param name="LastConfirmation">From the decision until the last order was known to be closed.</param>
/// <param name="Total">From the fault to the last confirmation.</param>
/// <param name="CanceledAtVenue">How many the venue holds as canceled by their owner's valid signature.</param>
/// <param name="OpenAtVenue">How many it does not.</param>
/// <param name="EngineResumed">Whether the engine, running again, found the fence and resumed from it; null where it cannot.</param>
internal sealed record DrillRound(
    DrillFault Fault,
    int Orders,
    double Ttl,
    double Triggered,
    double FirstByte,
    double LastByte,
    double LastConfirmation,
    double Total,
    int CanceledAtVenue,
    int OpenAtVenue,
    bool? EngineResumed);
