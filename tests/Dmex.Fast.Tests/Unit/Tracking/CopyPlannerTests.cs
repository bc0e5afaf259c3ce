using CsCheck;
using Dmex.Fast.Tests.Support;
using Dmex.Fast.Tracking;
using Xunit;

namespace Dmex.Fast.Tests.Unit.Tracking;

/// <summary>The truth table of the planner, over random facts.</summary>
public sealed class CopyPlannerTests
{
    private static readonly Gen<long> Times = Gen.OneOf(Gen.Long[0, 20], Gen.Const(long.MaxValue));

    private static readonly Gen<(CopyFacts Facts, long Now)> Cases = Gen.Select(
        Gen.Select(Gen.Bool, Gen.Bool, Times, Gen.Bool),
        Gen.Select(Times, Gen.Bool, Gen.Bool, Gen.Bool),
        Gen.Long[0, 20],
        (one, other, now) => (
            new CopyFacts
            {
                IsOpen = one.Item1,
                HasLiveCopy = one.Item2,
                AnswerDue = one.Item3,
                IsRefused = one.Item4,
                PutOffUntil = other.Item1,
                ReplacesLost = other.Item2,
                IsExhausted = other.Item3,
                HasTarget = other.Item4,
            },
            now));

    [Fact]
    public void A_copy_goes_only_when_none_is_expected_to_be_answered_and_nothing_forbids_it() => Check((facts, now, plan) =>
        plan.Step != CopyStep.Send
        || (facts.IsOpen && !(facts.HasLiveCopy && now < facts.AnswerDue) && now >= facts.PutOffUntil && !facts.IsRefused
            && facts.HasTarget && (facts.ReplacesLost || !facts.IsExhausted)));

    [Fact]
    public void A_copy_that_may_go_goes_or_waits_for_a_connection() => Check((facts, now, plan) =>
        !facts.IsOpen || (facts.HasLiveCopy && now < facts.AnswerDue) || facts.IsRefused || now < facts.PutOffUntil
        || (facts.IsExhausted && !facts.ReplacesLost)
        || plan.Step == (facts.HasTarget ? CopyStep.Send : CopyStep.AwaitConnection));

    [Fact]
    public void What_is_closed_rests() => Check((facts, _, plan) => facts.IsOpen || plan.Step == CopyStep.Rest);

    [Fact]
    public void A_refusal_is_told_as_soon_as_no_copy_is_expected_to_be_answered_and_not_before() => Check((facts, now, plan) =>
        plan.Step == CopyStep.TellRefusal == (facts.IsOpen && facts.IsRefused && !(facts.HasLiveCopy && now < facts.AnswerDue)));

    [Fact]
    public void A_look_is_at_a_later_time_that_comes() => Check((_, now, plan) =>
        plan.Step != CopyStep.LookAgain || (plan.At > now && plan.At < long.MaxValue));

    [Fact]
    public void What_rests_is_closed_exhausted_or_waits_for_ever_by_the_facts() => Check((facts, now, plan) =>
        plan.Step != CopyStep.Rest || !facts.IsOpen || (facts.IsExhausted && !facts.ReplacesLost)
        || (facts.HasLiveCopy && facts.AnswerDue == long.MaxValue) || facts.PutOffUntil == long.MaxValue);

    private static void Check(Func<CopyFacts, long, CopyPlan, bool> holds) =>
        Cases.Sample(one => holds(one.Facts, one.Now, CopyPlanner.Decide(one.Facts, one.Now)), iter: 20_000, print: one => $"{one}");
}
