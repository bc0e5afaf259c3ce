using Dmex.Fast.Tracking;
using Xunit;

namespace Dmex.Fast.Tests.Unit.Tracking;

public sealed class ConnectionTableTests
{
    [Fact]
    public void The_first_that_is_up_has_the_work_and_keeps_it_until_it_ends()
    {
        var table = Table(ConnectionPolicy.Primary);
        Assert.Equal(1, table.Primary);
        Assert.True(table.Lower(1, 1));
        Assert.Equal(2, table.Primary);
        table.Raise(1, 4);
        Assert.Equal(2, table.Primary);
        Assert.Equal(0b010u, table.Targets(sending: 0, avoid: 0));
    }

    [Fact]
    public void The_end_of_another_life_changes_nothing()
    {
        var table = Table(ConnectionPolicy.Primary);
        Assert.False(table.Lower(1, 9));
        Assert.True(table.IsCurrent(1, 1));
        Assert.True(table.Lower(1, 1));
        Assert.False(table.Lower(1, 1));
        table.Raise(1, 4);
        Assert.False(table.IsCurrent(1, 1));
        Assert.Equal((0b111u, 4), (table.Up, table.Incarnation(1)));
    }

    [Fact]
    public void A_primary_that_owes_an_answer_loses_its_rank_to_one_that_does_not_until_it_answers()
    {
        var table = Table(ConnectionPolicy.Primary);
        Assert.Equal(1, table.NoteOwing(0b001));
        Assert.Equal(2, table.Primary);
        Assert.Equal(2, table.NoteOwing(0b010));
        Assert.Equal(0, table.NoteOwing(0b100)); // all do: it stays
        Assert.Equal(3, table.Primary);
        table.NoteAnswer(1, written: 0, now: 5);
        Assert.Equal((1, 0b110u), (table.Primary, table.Owing));
    }

    [Fact]
    public void A_new_life_owes_nothing()
    {
        var table = Table(ConnectionPolicy.Primary);
        _ = table.NoteOwing(0b001);
        _ = table.Lower(1, 1);
        table.Raise(1, 4);
        Assert.Equal((0u, 0L), (table.Owing, table.LastAnswer(1)));
    }

    [Theory]
    [InlineData(0b000, 0b000, 0b001)]
    [InlineData(0b000, 0b001, 0b010)]
    [InlineData(0b001, 0b000, 0b010)]
    [InlineData(0b001, 0b010, 0b100)]
    [InlineData(0b000, 0b111, 0b001)]
    [InlineData(0b011, 0b100, 0b100)]
    [InlineData(0b111, 0b000, 0b000)]
    public void A_copy_goes_to_the_primary_or_to_one_that_is_able_and_not_to_be_avoided(int sending, int avoid, int target) =>
        Assert.Equal((uint)target, Table(ConnectionPolicy.Primary).Targets((uint)sending, (uint)avoid));

    [Theory]
    [InlineData(0b000, 0b000, 0b111)]
    [InlineData(0b001, 0b000, 0b110)]
    [InlineData(0b000, 0b011, 0b100)]
    [InlineData(0b001, 0b111, 0b110)]
    public void A_broadcast_goes_to_all_that_are_able_without_those_to_be_avoided(int sending, int avoid, int targets) =>
        Assert.Equal((uint)targets, Table(ConnectionPolicy.Broadcast).Targets((uint)sending, (uint)avoid));

    [Fact]
    public void What_was_written_before_an_answered_copy_is_passed_over()
    {
        var table = Table(ConnectionPolicy.Primary);
        table.NoteAnswer(1, written: 10, now: 20);
        Assert.True(table.IsPast(1, written: 9));
        Assert.False(table.IsPast(1, written: 10));
        Assert.Equal(20, table.LastAnswer(1));
    }

    private static ConnectionTable Table(ConnectionPolicy policy)
    {
        var table = new ConnectionTable(policy);
        for (var id = 1; id <= 3; id++)
        {
            table.Raise(id, id);
        }

        return table;
    }
}
