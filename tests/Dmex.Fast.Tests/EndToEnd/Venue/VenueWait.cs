using System.Diagnostics;
using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.EndToEnd.Venue;

/// <summary>Waits for a condition that another thread brings about.</summary>
internal static class VenueWait
{
    public static async Task UntilAsync(Func<bool> condition, string what)
    {
        var start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < Wait.Long, $"Still not so: {what}.");
            await Task.Delay(5);
        }
    }
}
