using Dmex.Fast.Standby.Sealing;
using Xunit;

namespace Dmex.Fast.Standby.Tests.Sealing;

public sealed class ReplayWindowTests(ITestOutputHelper output)
{
    [Fact]
    public void It_takes_each_sequence_once_and_none_below_the_window()
    {
        var seed = Random.Shared.Next(1 << 20);
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var window = default(ReplayWindow);
        var seen = new HashSet<ulong>();
        ulong highest = 0;
        for (var i = 0; i < 100_000; i++)
        {
            var sequence = (ulong)Math.Max(1, (long)highest + random.Next(-90, random.Next(100) == 0 ? 200 : 4));
            var expected = sequence > highest || (highest - sequence < 64 && !seen.Contains(sequence));
            Assert.Equal(expected, window.TryNote(sequence));
            _ = seen.Add(sequence);
            highest = Math.Max(highest, sequence);
        }
    }
}
