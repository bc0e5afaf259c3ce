namespace Dmex.Fast.Tracking;

/// <summary>When is a cancel sent again? The one place that decides it, for callers' cancels and panicked ones alike. Pure.</summary>
internal static class CopyPlanner
{
    /// <summary>Decides by the first row that holds:</summary>
    /// <remarks>
    /// <code>
    /// open  live copy  now                    refused  replaces lost  exhausted  target   step
    /// no    -          -                      -        -              -          -        Rest
    /// yes   yes        before AnswerDue       -        -              -          -        LookAgain at AnswerDue
    /// yes   -          -                      yes      -              -          -        TellRefusal
    /// yes   -          before PutOffUntil     -        -              -          -        LookAgain at PutOffUntil
    /// yes   -          -                      -        no             yes        -        Rest
    /// yes   -          -                      -        -              -          no       AwaitConnection
    /// yes   -          -                      -        -              -          yes      Send
    /// </code>
    /// So a copy goes only when no other is expected to be answered (no row before the last sends), a refusal waits for other copies and
    /// no longer, and what never reached the venue is not counted against the order.
    /// </remarks>
    /// <param name="facts">What holds.</param>
    /// <param name="now">The time, in ticks of <see cref="System.Diagnostics.Stopwatch"/>.</param>
    public static CopyPlan Decide(in CopyFacts facts, long now)
    {
        if (!facts.IsOpen)
        {
            return new CopyPlan(CopyStep.Rest);
        }

        if (facts.HasLiveCopy && now < facts.AnswerDue)
        {
            return LookAt(facts.AnswerDue);
        }

        if (facts.IsRefused)
        {
            return new CopyPlan(CopyStep.TellRefusal);
        }

        if (now < facts.PutOffUntil)
        {
            return LookAt(facts.PutOffUntil);
        }

        if (!facts.ReplacesLost && facts.IsExhausted)
        {
            return new CopyPlan(CopyStep.Rest);
        }

        return new CopyPlan(facts.HasTarget ? CopyStep.Send : CopyStep.AwaitConnection);
    }

    private static CopyPlan LookAt(long time) =>
        time == long.MaxValue ? new CopyPlan(CopyStep.Rest) : new CopyPlan(CopyStep.LookAgain, time);
}
