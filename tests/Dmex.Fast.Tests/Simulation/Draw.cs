namespace Dmex.Fast.Tests.Simulation;

/// <summary>What a random number decides.</summary>
internal enum Draw
{
    HandOverDelay,
    HandOverIsLate,
    Latency,
    OutcomeDelay,
    OutcomeIsLate,
    Fault,
    FaultKind,
    RetryAfter,
    ReplyDelay,
    Duplicate,
    DuplicateConnection,
    Contradiction,
    Perhaps,
    PerhapsArrives,
    ReadBeforeEnd,
    DownIsTold,
    DownIsLate,
    GoesLive,
    BatchSize,
    ForgetIsTold,
    Reconnect,
    Fill,
    Gone,
    ListFails,
    ListLag,
    ListOmits,
    ListInvents,
}
