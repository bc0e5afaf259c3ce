using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Dmex.Fast.Lab.Hosts;
using Dmex.Fast.Lab.Reporting;

namespace Dmex.Fast.Lab.Drills;

/// <summary>A process of a drill: this program again. One reader at a time; killed when it is disposed.</summary>
internal sealed partial class DrillProcess : IDisposable
{
    public const int SignalKill = 9;
    public const int SignalContinue = 18;
    public const int SignalStop = 19;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _name;
    private readonly Process _process;

    private DrillProcess(string name, Process process)
    {
        _name = name;
        _process = process;
    }

    /// <summary>Starts it.</summary>
    /// <param name="name">For messages.</param>
    /// <param name="arguments">The command line.</param>
    /// <exception cref="LabException">It cannot be started.</exception>
    public static DrillProcess Start(string name, params string[] arguments)
    {
        try
        {
            var start = ThisProgram.Again();
            Array.ForEach(arguments, start.ArgumentList.Add);
            return new DrillProcess(name, Process.Start(start) ?? throw new InvalidOperationException("it did not start"));
        }
        catch (Exception error) when (error is Win32Exception or PlatformNotSupportedException or InvalidOperationException)
        {
            throw new LabException(LabFailure.Input, $"The {name} cannot be started: "
                + $"{error.Message}", "Run dmex as an installed program.", error);
        }
    }

    /// <summary>Reads lines up to one that a rule selects.</summary>
    /// <exception cref="LabException">It does not come.</exception>
    public async Task<string> ReadAsync(Func<string, bool> isIt, string what, CancellationToken cancellationToken)
    {
        var seen = new List<string>();
        try
        {
            var output = _process.StandardOutput;
            while (await output.ReadLineAsync(cancellationToken).AsTask().WaitAsync(Patience, cancellationToken) is { } line)
            {
                if (isIt(line))
                {
                    return line;
                }

                seen.Add(line);
            }
        }
        catch (TimeoutException)
        {
            // Told below.
        }

        throw new LabException(
            LabFailure.Input, $"The {_name} did not come to '{what}'; it said: "
                + $"{string.Join(" | ", seen.TakeLast(3))}", "Run the drill again; if it stays, report it.");
    }

    /// <summary>Has it do something.</summary>
    public async Task TellAsync(string order)
    {
        await _process.StandardInput.WriteLineAsync(order);
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>Sends a signal; returns when it was sent, in ticks of <see cref="Stopwatch"/>.</summary>
    public long Signal(int signal)
    {
        var now = Stopwatch.GetTimestamp();
        return Kill(_process.Id, signal) == 0
            ? now
            : throw new LabException(LabFailure.Input, $"The {_name} cannot be signaled: "
                + $"{Marshal.GetLastPInvokeErrorMessage()}", "Run the drill again.");
    }

    /// <summary>Waits for its end; its exit code.</summary>
    public async Task<int> EndAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken).WaitAsync(Patience, cancellationToken);
        return _process.ExitCode;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int process, int signal);
}
