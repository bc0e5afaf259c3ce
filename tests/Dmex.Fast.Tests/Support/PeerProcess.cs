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

    /// <summary>The folder of scripts beside the test assembly.</summary>
    public static string Script(string name) => Path.Combine(AppContext.BaseDirectory, "Peers", name);

    public static async Task<PeerProcess> StartAsync(string file, IEnumerable<string> arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start) ?? throw new InvalidOperationException($"{file} did not start.");
        var port = await process.StandardOutput.ReadLineAsync().WaitAsync(Wait.Long)
            ?? throw new InvalidOperationException($"{file} ended without naming its port.");
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
            });
            return process is not null && process.WaitForExit(30_000) && process.ExitCode == 0;
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or FileNotFoundException)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
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
