using Dmex.Fast.Standby.Links;
using Xunit;

namespace Dmex.Fast.Standby.Tests;

public class StandbyLinkExceptionTests
{
    [Fact]
    public void A_conflict_names_the_sequence_that_was_expected_and_where_to_read_on()
    {
        var conflict = new StandbyAppendConflictException(41);
        Assert.Equal(41UL, conflict.Expected);
        Assert.Contains("Read from 42 on", conflict.Message, StringComparison.Ordinal);
    }
}
