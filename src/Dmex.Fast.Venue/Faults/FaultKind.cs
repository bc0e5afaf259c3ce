namespace Dmex.Fast.Venue.Faults;

/// <summary>What a draw decides. The numbers are part of what a seed means: add at the end.</summary>
internal enum FaultKind
{
    LoseRequest = 1,
    DropReply = 2,
    DuplicateReply = 3,
    Close = 4,
    Reset = 5,
    ActBeforeEnding = 6,
    Garbage = 7,
    GarbageForm = 8,
    Busy = 9,
    FillRace = 10,
    Delay = 11,
    Fragments = 12,
    Lie = 13,
    ListError = 14,
    CutList = 15,
    ForeignRow = 16,
}
