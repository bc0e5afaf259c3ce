using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Dmex.Fast.Standby.Tests.Nats;

/// <summary>One nats-server process, or the place of one that was killed.</summary>
internal sealed partial class NatsTestServer(IReadOnlyList<string> command, string host, int port) : IDisposable
{
    private const int SignalStop = 19;
    private const int SignalContinue = 18;
    private const int KeptLines = 200;
    private readonly Queue<string> _log = new();
    private Process? _process;

    public string Host { get; } = host;

    public int Port { get; } = port;

    public bool IsRunning => _process is { HasExited: false };

    public string Log
    {
        get
        {
            lock (_log)
            {
                return string.Join('\n', _log);
            }
        }
    }

    public void Start()
    {
        if (IsRunning)
        {
            return;
        }

        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        _process?.Dispose();
        _process = null;
        _process = Process.Start(start) ?? throw new InvalidOperationException(command[0]);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
    }

    public void Kill()
    {
        if (IsRunning)
        {
            _process!.Kill();
            _process.WaitForExit();
        }
    }

    /// <summary>Stops it; when this returns, it answers nothing more.</summary>
    public void Freeze()
    {
        Signal(SignalStop);
        SpinWait.SpinUntil(() => IsStopped(), TimeSpan.FromSeconds(30));
    }

    public void Thaw() => Signal(SignalContinue);

    public void Dispose()
    {
        Kill();
        _process?.Dispose();
        _process = null;
    }

    // A signal is taken by each thread in its own time.
    private bool IsStopped() => _process is { } process
        && Directory.GetDirectories($"/proc/{process.Id}/task").All(task =>
            File.ReadAllText(Path.Combine(task, "stat")).Split(')')[^1].StartsWith(" T", StringComparison.Ordinal));

    private void Signal(int signal)
    {
        if (IsRunning)
        {
            _ = SendSignal(_process!.Id, signal);
        }
    }

    private void Keep(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_log)
        {
            _log.Enqueue(string.Create(CultureInfo.InvariantCulture, $"{Port}: {line}"));
            if (_log.Count > KeptLines)
            {
                _ = _log.Dequeue();
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int process, int signal);
}
