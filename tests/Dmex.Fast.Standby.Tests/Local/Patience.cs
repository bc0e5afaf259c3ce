using System.Diagnostics;
using Xunit;

namespace Dmex.Fast.Standby.Tests.Local;

/// <summary>Waits for another thread or process with a deadline that only a hang reaches.</summary>
internal static class Patience
{
    public static readonly TimeSpan Long = TimeSpan.FromMinutes(5);

    public static async Task Until(Func<bool> condition, string what)
    {
        var start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < Long, $"Not reached: {what}");
            await Task.Delay(5);
        }
    }
}
