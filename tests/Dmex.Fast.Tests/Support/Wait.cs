using System.Diagnostics;
using Xunit;

namespace Dmex.Fast.Tests.Support;

/// <summary>Waits for conditions with a deadline that only a hang reaches.</summary>
internal static class Wait
{
    public static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    public static async Task Until(Func<bool> condition, string what)
    {
        var start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < Long, $"Not reached: {what}");
            await Task.Delay(5);
        }
    }

    public static void UntilSync(Func<bool> condition, string what)
    {
        var start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < Long, $"Not reached: {what}");
            Thread.Sleep(1);
        }
    }
}
