using Dmex.Fast.Standby.Links;
using Xunit;

namespace Dmex.Fast.Standby.Tests.Beats;

public sealed class WitnessTableTests
{
    private readonly WitnessTable _table = new(paths: 3);

    [Fact]
    public void Servers_count_that_answered_what_was_asked_at_or_after_the_moment()
    {
        _table.Answered(path: 0, "a", askedAt: 10);
        _table.Answered(path: 1, "b", askedAt: 20);
        Assert.Equal([2, 1, 1, 0], new long[] { 10, 11, 20, 21 }.Select(_table.CountSince));
    }

    [Fact]
    public void A_server_by_two_paths_is_one_witness()
    {
        _table.Answered(path: 0, "a", askedAt: 10);
        _table.Answered(path: 2, "a", askedAt: 20);
        Assert.Equal((1, 1), (_table.CountSince(10), _table.CountSince(15)));
    }

    [Fact]
    public void A_server_that_restarted_under_a_new_id_is_one_witness()
    {
        _table.Answered(path: 0, "a", askedAt: 10);
        _table.Answered(path: 0, "a again", askedAt: 20);
        Assert.Equal(1, _table.CountSince(10));
    }

    [Fact]
    public void An_answer_that_comes_late_does_not_take_the_place_of_a_later_one()
    {
        _table.Answered(path: 0, "a", askedAt: 20);
        _table.Answered(path: 0, "a", askedAt: 10);
        Assert.Equal(1, _table.CountSince(20));
    }
}
