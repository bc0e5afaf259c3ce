using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Dmex.Fast.Standby.Tests.Network;

/// <summary>A process on a host of the lab, and the lines that it said.</summary>
internal sealed partial class LabProcess : IDisposable
{
    private const int SignalStop = 19;
    private const int SignalContinue = 18;
    private readonly Process _process;
    private readonly List<string> _lines = [];
    private bool _isDisposed;

    public LabProcess(IEnumerable<string> command)
    {
        var start = new ProcessStartInfo(command.First(), command.Skip(1))
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _process = Process.Start(start) ?? throw new InvalidOperationException(command.First());
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public bool IsRunning => !_process.HasExited;

    /// <summary>Everything that was said so far.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lines)
            {
                return [.. _lines];
            }
        }
    }

    /// <summary>The number after "name=" in a line; null: it is not in it.</summary>
    public static long? Value(string line, string name)
    {
        var at = line.IndexOf(name + "=", StringComparison.Ordinal);
        return at < 0 ? null : long.Parse(line[(at + name.Length + 1)..].Split(' ')[0], CultureInfo.InvariantCulture);
    }

    /// <summary>Waits for a line that is said from now on.</summary>
    public async Task<string> WaitForAsync(Predicate<string> line, CancellationToken cancellationToken)
    {
        var seen = Lines.Count;
        while (true)
        {
            var lines = Lines;
            for (; seen < lines.Count; seen++)
            {
                if (line(lines[seen]))
                {
                    return lines[seen];
                }
            }

            try
            {
                await Task.Delay(10, cancellationToken);
            }
            catch (OperationCanceledException e)
            {
                throw new TimeoutException("It was not said:\n" + string.Join('\n', lines.TakeLast(40)), e);
            }
        }
    }

    public void Tell(string line) => _process.StandardInput.WriteLine(line);

    public void Kill()
    {
        if (IsRunning)
        {
            _process.Kill();
            _process.WaitForExit();
        }
    }

    public void Freeze() => _ = SendSignal(_process.Id, SignalStop);

    public void Thaw() => _ = SendSignal(_process.Id, SignalContinue);

    public void Dispose()
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            Kill();
            _process.Dispose();
        }
    }

    private void Keep(string? line)
    {
        if (line is not null)
        {
            lock (_lines)
            {
                _lines.Add(line);
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int process, int signal);
}
