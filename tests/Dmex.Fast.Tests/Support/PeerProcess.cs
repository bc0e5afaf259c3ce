using System.Diagnostics;
using System.Globalization;

namespace Dmex.Fast.Tests.Support;

/// <summary>A server in another language: prints its port, and ends when its input is closed.</summary>
internal sealed class PeerProcess : IAsyncDisposable
{
    private readonly Process _process;

    private PeerProcess(Process process, int port)
    {
        _process = process;
        Uri = new Uri($"ws://127.0.0.1:{port}/ws");
    }

    public Uri Uri { get; }

    /// <summary>A script of Peers/.</summary>
    public static string Script(string name) => Path.Combine(Repository.Root, "tests", "Dmex.Fast.Tests", "Peers", name);

    /// <summary>Starts a command with its streams redirected.</summary>
    public static Process Start(string file, params string[] arguments) =>
        Process.Start(new ProcessStartInfo(file, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        }) ?? throw new InvalidOperationException($"{file} did not start.");

    /// <summary>Waits until a started server has printed its port.</summary>
    public static async Task<PeerProcess> ListeningAsync(Process process)
    {
        var port = await process.StandardOutput.ReadLineAsync().Soon()
            ?? throw new InvalidOperationException("The server ended without naming its port.");
        return new PeerProcess(process, int.Parse(port, CultureInfo.InvariantCulture));
    }

    /// <summary>Whether a command runs and says that it succeeded.</summary>
    public static bool Succeeds(string file, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(file, arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
            });
            return process is not null && process.WaitForExit(Wait.Long) && process.ExitCode == 0;
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or FileNotFoundException)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        using var patience = new CancellationTokenSource(Wait.Long);
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }
}
