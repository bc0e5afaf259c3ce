using System.Diagnostics;
using Xunit;

namespace Dmex.Fast.Tests.Support;

/// <summary>Runs tests of this assembly in a process of their own, where the runtime is configured by environment variables.</summary>
internal static class ChildTests
{
    /// <summary>Runs the tests that filters of the xUnit.net console name and returns what was printed; fails when one fails.</summary>
    public static async Task<string> RunAsync(IEnumerable<string> filters, IEnumerable<KeyValuePair<string, string>> environment)
    {
        var (exitCode, printed) = await EndAsync(filters, environment);
        Assert.True(exitCode == 0, printed);
        Assert.DoesNotContain("Total: 0", printed, StringComparison.Ordinal);
        return printed;
    }

    /// <summary>Runs the tests that filters of the xUnit.net console name, whether they pass or not.</summary>
    public static async Task<(int ExitCode, string Printed)> EndAsync(
        IEnumerable<string> filters, IEnumerable<KeyValuePair<string, string>> environment)
    {
        var assembly = Path.Combine(AppContext.BaseDirectory, "Dmex.Fast.Tests");
        var executable = OperatingSystem.IsWindows() ? assembly + ".exe" : assembly;
        var start = new ProcessStartInfo(executable)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var filter in filters)
        {
            start.ArgumentList.Add(filter);
        }

        start.ArgumentList.Add("-noColor");

        // What configures the runtime or the test runner of this process must not leak into the child.
        foreach (var name in start.Environment.Keys.Where(IsInherited).ToArray())
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, setting) in environment)
        {
            start.Environment[name] = setting;
        }

        using var process = Process.Start(start) ?? throw new InvalidOperationException("The tests did not start.");
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await Wait.Ended(process);
        return (process.ExitCode, await output.Soon() + await error.Soon());
    }

    private static bool IsInherited(string name) =>
        name.StartsWith("DOTNET_Tiered", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("DOTNET_TC_", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("DOTNET_Jit", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("DOTNET_Enable", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("DOTNET_ReadyToRun", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("TESTINGPLATFORM", StringComparison.OrdinalIgnoreCase);
}
