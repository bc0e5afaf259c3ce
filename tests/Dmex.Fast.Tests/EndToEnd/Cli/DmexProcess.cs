using System.Diagnostics;
using System.Globalization;
using Dmex.Fast.Cli;
using Dmex.Fast.Tests.Support;

namespace Dmex.Fast.Tests.EndToEnd.Cli;

/// <summary>Runs the built <c>dmex</c> as a process, as a user's shell does.</summary>
internal static class DmexProcess
{
    /// <summary>A key that everybody knows: 1. Its account is <see cref="TestAddress"/>.</summary>
    public const string TestKey = "0x0000000000000000000000000000000000000000000000000000000000000001";

    /// <summary>The account of <see cref="TestKey"/>.</summary>
    public const string TestAddress = "0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf";

    /// <summary>Runs to the end.</summary>
    public static Task<Result> RunAsync(params string[] arguments) => RunAsync(new Invocation(arguments));

    /// <summary>Runs to the end.</summary>
    public static async Task<Result> RunAsync(Invocation invocation)
    {
        using var process = Start(invocation);
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        try
        {
            await process.StandardInput.WriteAsync(invocation.Input).Soon();
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The command ended before it read all of its input, which a test of bad input expects.
        }

        await Wait.Ended(process);

        return new Result(process.ExitCode, await output.Soon(), await error.Soon());
    }

    /// <summary>Starts without waiting; the caller ends the process.</summary>
    public static Process Start(Invocation invocation)
    {
        var host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        var start = new ProcessStartInfo(invocation.Redirections is null ? host : "/bin/sh")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        string[] shell = invocation.Redirections is null ? [] : ["-c", $"exec \"$@\" {invocation.Redirections}", "sh", host];
        Array.ForEach(shell, start.ArgumentList.Add);
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "dmex.dll"));
        foreach (var argument in invocation.Arguments)
        {
            start.ArgumentList.Add(argument);
        }

        _ = start.Environment.Remove("DMEX_PRIVATE_KEY");
        if (invocation.Key is not null)
        {
            start.Environment["DMEX_PRIVATE_KEY"] = invocation.Key;
        }

        return Process.Start(start)!;
    }

    /// <summary>Sends a signal, as <c>kill</c> does.</summary>
    public static void Signal(Process process, string signal)
    {
        using var kill = Process.Start("/bin/kill", ["-s", signal, process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    /// <param name="Arguments">The command line.</param>
    /// <param name="Key">For the environment; none when null.</param>
    /// <param name="Input">Standard input.</param>
    /// <param name="Redirections">A shell's, such as <c>&gt;&amp;-</c>; the shell is left out when null.</param>
    internal sealed record Invocation(string[] Arguments, string? Key = null, string Input = "", string? Redirections = null);

    internal sealed record Result(int ExitCode, string Output, string Error)
    {
        /// <summary>The lines of standard output, without the end of the last one.</summary>
        public string[] Lines => Output.TrimEnd('\n').Split('\n');
    }
}
