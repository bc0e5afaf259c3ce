using System.Diagnostics;
using Xunit;

namespace Dmex.Fast.Tests.Support;

/// <summary>Runs the scripts of Peers/ with Node, where it and the named package are installed.</summary>
internal static class NodePeer
{
    private const string Variable = "DMEX_NODE_MODULES";

    /// <summary>The node_modules folder: DMEX_NODE_MODULES, or artifacts/node_modules in the checkout.</summary>
    public static string Modules =>
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } folder
            ? folder
            : Path.Combine(Repository.Root, "artifacts", "node_modules");

    /// <summary>Skips the test, or fails it in CI, where Node or the package is missing.</summary>
    public static void Require(string package)
    {
        External.Require(IsOnPath("node"), "Node.js (node on the PATH)");
        External.Require(
            Directory.Exists(Path.Combine(Modules, package)),
            $"the npm package {package} (in {Modules}, or name its node_modules in {Variable})");
    }

    /// <summary>A started script of Peers/ with its streams redirected; the caller disposes it.</summary>
    public static Process Start(string script, params string[] arguments)
    {
        var start = new ProcessStartInfo("node")
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(Path.Combine(Repository.Root, "tests", "Dmex.Fast.Tests", "Peers", script));
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment[Variable] = Modules;
        return Process.Start(start) ?? throw new InvalidOperationException("node did not start.");
    }

    /// <summary>Runs a script to its end with the given input and returns the lines of its output.</summary>
    public static async Task<string[]> RunAsync(string script, IEnumerable<string> input)
    {
        using var process = Start(script);
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        foreach (var line in input)
        {
            await process.StandardInput.WriteLineAsync(line).Soon();
        }

        process.StandardInput.Close();
        await Wait.Ended(process);
        Assert.True(process.ExitCode == 0, $"{script} failed: {await error.Soon()}");
        return (await output.Soon()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static bool IsOnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Any(folder => File.Exists(Path.Combine(folder, OperatingSystem.IsWindows() ? program + ".exe" : program)));
}
