using System.Globalization;
using Dmex.Fast.Lab.Reporting;
using Spectre.Console;

namespace Dmex.Fast.Cli.Output;

/// <summary>
/// Says on stderr how far a measurement is: a bar on a terminal, plain lines elsewhere. The bar is drawn only when it is told
/// to, between what is measured, because drawing allocates and takes the processor.
/// </summary>
internal sealed class RunProgress : ILabProgress
{
    private static string? _stage;
    private static double _fraction;

    private readonly ProgressContext? _bar;
    private readonly ProgressTask? _task;

    private RunProgress(ProgressContext? bar)
    {
        _bar = bar;
        _task = bar?.AddTask("starting", maxValue: 1);
    }

    /// <summary>How far a measurement was, for the report of an interruption; empty without one.</summary>
    public static string Where() => _stage is null
        ? string.Empty : string.Create(CultureInfo.InvariantCulture, $" while '{_stage}' was {_fraction:P0} done: a part gives no figures");

    /// <summary>Runs the work with a bar or with lines, whichever stderr can show.</summary>
    public static async Task<T> RunAsync<T>(Func<ILabProgress, Task<T>> work)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        if (Console.IsErrorRedirected || !console.Profile.Capabilities.Interactive || !console.Profile.Capabilities.Ansi)
        {
            return await work(new RunProgress(bar: null));
        }

        return await console.Progress()
            .AutoRefresh(false)
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn())
            .StartAsync(context => work(new RunProgress(context)));
    }

    /// <inheritdoc/>
    public void Stage(string what)
    {
        (_stage, _fraction) = (what, 0);
        if (_task is null)
        {
            Console.Error.WriteLine($"{what} …");
            return;
        }

        _task.Description = Markup.Escape(what);
        _task.Value = 0;
        _bar!.Refresh();
    }

    /// <inheritdoc/>
    public void Advance(double fraction)
    {
        _fraction = fraction;
        if (_task is not null)
        {
            _task.Value = fraction;
            _bar!.Refresh();
        }
    }

    /// <inheritdoc/>
    public void Warn(string message) => Console.Error.WriteLine($"dmex: {message}");
}
