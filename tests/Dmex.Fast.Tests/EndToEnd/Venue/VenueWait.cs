using System.Diagnostics;
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
            Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(60), $"Still not so after a minute: {what}.");
            await Task.Delay(5);
        }
    }
}
