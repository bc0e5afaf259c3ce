using Dmex.Fast.Tracking;
using Xunit;

namespace Dmex.Fast.Tests.Unit.Tracking;

/// <summary>What a read of the venue's list means for a cancel: every combination of facts, against the rules in words.</summary>
public sealed class ListWitnessTests
{
    [Fact]
    public void A_read_that_does_not_count_changes_nothing() =>
        Assert.All(All().Where(facts => !facts.Counts), facts => Assert.Equal(ListStep.Ignore, ListWitness.Decide(facts)));

    [Fact]
    public void One_read_alone_decides_nothing() =>
        Assert.All(
            All().Where(facts => facts.Counts && facts.Before != (facts.IsListed ? ListSighting.Listed : ListSighting.Absent)),
            facts => Assert.Equal(ListStep.Note, ListWitness.Decide(facts)));

    [Fact]
    public void An_order_is_gone_only_when_two_reads_did_not_have_it_and_is_never_confirmed_by_them() =>
        Assert.All(
            All().Where(facts => ListWitness.Decide(facts) == ListStep.TellGone),
            facts => Assert.True(
                facts is { Counts: true, IsOurs: true, IsListed: false, Before: ListSighting.Absent }
                && (facts.IsOpen ? !facts.MayBeEarly : IsRefused(facts))));

    [Fact]
    public void What_two_reads_list_is_open_whatever_was_told() =>
        Assert.All(
            All().Where(facts => facts is { Counts: true, IsListed: true, Before: ListSighting.Listed }),
            facts => Assert.Equal(
                facts.IsOpen ? ListStep.NoteOpen : IsRefused(facts) ? ListStep.Note : ListStep.Reopen, ListWitness.Decide(facts)));

    [Fact]
    public void The_witnesses_agree_when_two_reads_did_not_have_what_was_told_as_closed() =>
        Assert.All(
            All().Where(facts => ListWitness.Decide(facts) == ListStep.Agree),
            facts =>
                Assert.True(facts is { Counts: true, IsOpen: false, IsListed: false, Before: ListSighting.Absent } && !IsRefused(facts)));

    private static readonly bool[] Either = [false, true];

    private static bool IsRefused(in ListFacts facts) => facts.Told is not (CancelOutcomeKind.Confirmed or CancelOutcomeKind.AlreadyGone);

    private static IEnumerable<ListFacts> All() =>
        from counts in Either
        from isOpen in Either
        from told in Enum.GetValues<CancelOutcomeKind>()
        from isListed in Either
        from before in Enum.GetValues<ListSighting>()
        from early in Either
        from ours in Either
        select new ListFacts
        {
            Counts = counts,
            IsOpen = isOpen,
            Told = told,
            IsListed = isListed,
            Before = before,
            IsOurs = ours,
            MayBeEarly = early,
        };
}
