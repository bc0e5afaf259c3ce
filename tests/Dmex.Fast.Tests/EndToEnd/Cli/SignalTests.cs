using System.Diagnostics;
using Dmex.Fast.Tests.Support;
using Xunit;
using static Dmex.Fast.Tests.EndToEnd.Cli.DmexProcess;

namespace Dmex.Fast.Tests.EndToEnd.Cli;

/// <summary>A signal in the middle of a command: a report of what is known, and the exit code that goes with it.</summary>
public sealed class SignalTests : IDisposable
{
    private static readonly string Order = "0x" + new string('a', 64);

    private readonly string _folder = Directory.CreateTempSubdirectory("dmex-signal-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("TERM", "unresolved(interrupted)", "cancel", "-")]
    [InlineData("HUP", "unresolved(interrupted)", "cancel", "-")]
    [InlineData("TERM", "unresolved 0xaaaa", "panic", "--hashes", "-")]
    [InlineData("HUP", "unresolved 0xaaaa", "panic", "--hashes", "-")]
    public async Task Orders_that_are_under_way_are_reported_as_what_they_are(string signal, string expected, params string[] arguments)
    {
        SkipOnWindows();
        var sent = new TaskCompletionSource();
        await using var server = new ScriptedServer(async peer =>
        {
            _ = await peer.ReadCancelAsync();
            _ = sent.TrySetResult();
            await peer.DrainAsync();
        });
        using var process = Start(new Invocation([.. arguments, "--url", server.Uri.ToString(), "--timeout", "3600"], TestKey));
        await process.StandardInput.WriteLineAsync(Order);
        process.StandardInput.Close();
        await sent.Task.Soon();

        var (code, output, error) = await EndAsync(process, signal);

        Assert.Equal(1, code);
        Assert.Contains(expected, output, StringComparison.Ordinal);
        Assert.Contains("may still be open", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("address", "--key-file", "PIPE")]
    [InlineData("panic", "--hashes", "PIPE", "--url", "ws://127.0.0.1:1/")]
    [InlineData("cancel", "HASH", "--url", "ws://127.0.0.1:1/", "--ca", "PIPE")]
    [InlineData("cancel", "HASH", "--url", "ws://127.0.0.1:1/", "--rules", "PIPE")]
    [InlineData("cancel", "HASH", "--url", "ws://127.0.0.1:1/", "--token-file", "PIPE")]
    [InlineData("sign", "-")]
    public async Task What_waits_for_a_pipe_ends_with_130_and_sends_nothing(params string[] arguments)
    {
        SkipOnWindows();
        var pipe = Path.Combine(_folder, "pipe");
        using (var make = Process.Start("mkfifo", ["-m", "600", pipe]))
        {
            await make.WaitForExitAsync();
        }

        string[] given = [.. arguments.Select(argument => argument switch { "PIPE" => pipe, "HASH" => Order, _ => argument })];
        using var process = Start(new Invocation(given, TestKey));

        // When it listens to signals is not told: before it does, a signal ends it at once, with its own code.
        await Task.Delay(1500);
        var (code, output, error) = await EndAsync(process, "TERM");

        Assert.True(code is 130 or 143, error);
        Assert.Equal("", output);
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("HUP")]
    public async Task The_venue_ends_in_order_which_is_success(string signal)
    {
        SkipOnWindows();
        using var process = Start(new Invocation(["venue"]));
        Assert.StartsWith("url ws://", await process.StandardOutput.ReadLineAsync().Soon(), StringComparison.Ordinal);

        var (code, _, error) = await EndAsync(process, signal);

        Assert.Equal(0, code);
        Assert.Contains("0 orders canceled", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_measurement_says_how_far_it_was()
    {
        SkipOnWindows();
        using var process = Start(new Invocation(["demo"]));
        Assert.StartsWith("Starting the venue", await process.StandardError.ReadLineAsync().Soon(), StringComparison.Ordinal);

        var (code, output, error) = await EndAsync(process, "TERM");

        Assert.Equal((130, ""), (code, output));
        Assert.Contains("Interrupted while '", error, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Output, string Error)> EndAsync(Process process, string signal)
    {
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        Signal(process, signal);
        await Wait.Ended(process);
        return (process.ExitCode, await output.Soon(), await error.Soon());
    }

    private static void SkipOnWindows()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no such signals.");
        }
    }
}
