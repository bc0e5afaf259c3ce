namespace Dmex.Fast.Tracking;

/// <summary>What does a read of the venue's list mean for a cancel? The one place that decides it. Pure.</summary>
internal static class ListWitness
{
    /// <summary>Decides by the first row that holds:</summary>
    /// <remarks>
    /// <code>
    /// counts  listed  before   unresolved  told              early  ours  step
    /// no      -       -        -           -                 -      -     Ignore
    /// yes     yes     Listed   yes         -                 -      -     NoteOpen
    /// yes     yes     Listed   no          Confirmed, Gone   -      -     Reopen
    /// yes     no      Absent   yes         -                 no     yes   TellGone
    /// yes     no      Absent   no          Rejected          -      yes   TellGone
    /// yes     no      Absent   no          Confirmed, Gone   -      -     Agree
    /// yes     -       -        -           -                 -      -     Note
    /// </code>
    /// So one read alone changes nothing, and a refusal of an order that is listed stands: both witnesses call it open.
    /// </remarks>
    /// <param name="facts">What holds.</param>
    public static ListStep Decide(in ListFacts facts)
    {
        if (!facts.Counts)
        {
            return ListStep.Ignore;
        }

        var isClosed = !facts.IsOpen && facts.Told is (CancelOutcomeKind.Confirmed or CancelOutcomeKind.AlreadyGone);
        return (facts.IsListed, facts.Before) switch
        {
            (true, ListSighting.Listed) => facts.IsOpen ? ListStep.NoteOpen : isClosed ? ListStep.Reopen : ListStep.Note,
            (false, ListSighting.Absent) when isClosed => ListStep.Agree,
            (false, ListSighting.Absent) when facts.IsOurs => facts.IsOpen && facts.MayBeEarly ? ListStep.Note : ListStep.TellGone,
            _ => ListStep.Note,
        };
    }
}
