using Dmex.Fast.Beats;

namespace Dmex.Fast.Standby.Local;

/// <summary>An engine as its page leads to it. Disposed when nothing looks at it any more.</summary>
/// <param name="Page">Its page.</param>
/// <param name="Memory">Its beats; null when it has ended, and they with it.</param>
/// <param name="Process">Its process.</param>
internal sealed record OpenedEngine(BeatPage Page, BeatMemory? Memory, EngineProcess Process) : IDisposable
{
    /// <summary>Opens an engine's page, process and beats.</summary>
    /// <param name="path">The page.</param>
    /// <param name="mayHaveEnded">Whether one that has ended meanwhile is opened too.</param>
    /// <exception cref="BeatPageException">There is no such engine; the message says what to do.</exception>
    public static OpenedEngine Open(string path, bool mayHaveEnded)
    {
        var page = BeatPage.Open(path);
        EngineProcess? process = null;
        try
        {
            process = EngineProcess.Open(page.Head.Process);
            return new OpenedEngine(page, mayHaveEnded && process.HasEnded(0) ? null : page.Attach(), process);
        }
        catch
        {
            process?.Dispose();
            page.Dispose();
            throw;
        }
    }

    /// <summary>Why there is no engine to watch; null when there is one.</summary>
    public static string? WhyNot(string path)
    {
        try
        {
            using var page = BeatPage.Open(path);
            using var memory = page.Attach();
            return page.IsClosed ? $"The engine of {path} was closed." : null;
        }
        catch (BeatPageException e) when (e.Error is BeatPageError.Missing or BeatPageError.Ended or BeatPageError.Closed
            or BeatPageError.Damaged or BeatPageError.OtherVersion)
        {
            return e.Message;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Memory?.Dispose();
        Process.Dispose();
        Page.Dispose();
    }
}
