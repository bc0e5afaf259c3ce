using System.Runtime.CompilerServices;
using Dmex.Fast.Book.Storage;

namespace Dmex.Fast.Standby.Local;

/// <summary>
/// A standby on the engine's own host, with nothing installed: watches the engine's process and its pulses, keeps a copy of its book, and
/// when the engine is killed or silent sends every armed cancel. It has no key. docs/standby.md has the whole of it.
/// </summary>
public static class LocalStandby
{
    /// <summary>
    /// Watches, until the engine is closed; or, when it has fired, until the engine has ended and every order is known to be closed. An
    /// engine that resumes, or another one on the same page, is watched in turn.
    /// </summary>
    /// <param name="options">What to watch and where to send.</param>
    /// <param name="cancellationToken">
    /// Ends the watch; before it has fired with an <see cref="OperationCanceledException"/>, and after that with a last report.
    /// </param>
    /// <returns>
    /// What it has to tell, as it happens. It runs from the first step of the enumeration to the last, and waits for no reader.
    /// </returns>
    /// <exception cref="ArgumentException">An option is wrong.</exception>
    /// <exception cref="BeatPageException">
    /// There is no page of an engine that runs, or it is another book's; the message says what to do.
    /// </exception>
    /// <exception cref="BookFileException">The book cannot be read.</exception>
    /// <exception cref="TransportException">The venue cannot be reached at the start; later it is retried indefinitely.</exception>
    /// <exception cref="WebSocketHandshakeException">The venue refused the connection at the start.</exception>
    public static async IAsyncEnumerable<StandbyNotice> RunAsync(
        LocalStandbyOptions options, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        if (options.WaitsForEngine && OpenedEngine.WhyNot(options.PagePath) is { } why)
        {
            yield return new StandbyNotice(StandbyNoticeKind.Waiting, $"Waiting for an engine. {why}");
            while (OpenedEngine.WhyNot(options.PagePath) is not null)
            {
                await Task.Delay(100, cancellationToken).ConfigureAwait(false);
            }
        }

        var isContinued = false;
        while (true)
        {
            var session = await LocalSession.OpenAsync(options, isContinued, cancellationToken).ConfigureAwait(false);
            await using var ending = session.ConfigureAwait(false);
            await foreach (var notice in session.RunAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return notice;
            }

            if (!session.IsContinued)
            {
                yield break;
            }

            isContinued = true;
        }
    }
}
