using Xunit;

namespace Dmex.Fast.Hosting.Tests;

/// <summary>Waits for what happens elsewhere, bounded so that a hang is a failure that names itself.</summary>
internal static class Waiting
{
    public static readonly TimeSpan Long = TimeSpan.FromMinutes(2);

    public static async Task Until(Func<bool> condition, string what)
    {
        var begun = System.Diagnostics.Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(System.Diagnostics.Stopwatch.GetElapsedTime(begun) < Long, $"Not reached: {what}");
            await Task.Delay(10);
        }
    }
}
