using System.Runtime.InteropServices;

namespace Dmex.Fast.Cli.Output;

/// <summary>
/// SIGINT, SIGTERM and SIGHUP: the first asks the command to end with a report of what is known; a second one, or a second without an end,
/// ends the process, whatever it waits for.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(900);

    private readonly CancellationTokenSource _source = new();
    private readonly List<PosixSignalRegistration> _registrations = [];
    private int _count;

    public Interruption()
    {
        foreach (var signal in (PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP])
        {
            _registrations.Add(PosixSignalRegistration.Create(signal, Take));
        }
    }

    /// <summary>Whether a cancel may have left by now: the exit code is about orders from then on.</summary>
    public static bool HasSent { get; set; }

    /// <summary>Canceled by the first signal.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>
    /// Waits for work that cannot be canceled, such as opening a pipe that nobody writes to; leaves it when a signal comes.
    /// </summary>
    /// <exception cref="OperationCanceledException">A signal came first.</exception>
    public static Task<T> LeaveAsync<T>(Func<T> work, CancellationToken token) => Task.Run(work, token).WaitAsync(token);

    /// <inheritdoc/>
    public void Dispose()
    {
        _registrations.ForEach(registration => registration.Dispose());
        _source.Dispose();
    }

    private static void End()
    {
        ErrorText.Write(
            $"Interrupted{RunProgress.Where()}; something did not end by itself and was left.",
            HasSent ? "Orders may still be open: run the command again." : "Run the command again when you are ready.");
        Environment.Exit((int)(HasSent ? ExitCode.StillOpen : ExitCode.Interrupted));
    }

    private void Take(PosixSignalContext context)
    {
        context.Cancel = true;
        if (Interlocked.Increment(ref _count) > 1)
        {
            End();
        }

        // Threads of their own: neither may wait for the other.
        var end = new Thread(() =>
        {
            Thread.Sleep(Patience);
            End();
        });
        end.IsBackground = true;
        end.Start();
        _ = Task.Run(_source.Cancel);
    }
}
