using System.Diagnostics;

namespace Dmex.Fast.Standby.Firing;

/// <summary>
/// Fires a standby's book by the panic operation, in two steps: what is known at once, on the thread that decided; then, when the book has
/// been read once more, what is left, until the venue's answers say that everything is closed. One step at a time; not thread-safe.
/// </summary>
internal sealed class StandbyFiring(DmexClient client, PanicOptions options)
{
    private Task<PanicReport>? _panic;
    private PanicReport _told;

    /// <summary>When <see cref="Fire"/> was called, in ticks of <see cref="Stopwatch"/>.</summary>
    public long FiredAt { get; private set; }

    /// <summary>Latches the book and sends what is armed; returns when the connections have taken what they take at once.</summary>
    public void Fire()
    {
        FiredAt = Stopwatch.GetTimestamp();
        _panic = client.PanicAsync(BookScope.All, options).AsTask();
    }

    /// <summary>Waits for the report of what was fired, and fires and waits for what has come since.</summary>
    /// <param name="late">How many orders were armed since <see cref="Fire"/>.</param>
    /// <returns>The whole of it so far.</returns>
    public async Task<PanicReport> ReportAsync(int late)
    {
        _told = await _panic!.ConfigureAwait(false);
        return late > 0 ? await FireAgainAsync().ConfigureAwait(false) : _told;
    }

    /// <summary>Fires again what is not known to be closed, and waits for the answers; the client must not be disposed.</summary>
    /// <returns>The whole of it so far.</returns>
    public async Task<PanicReport> FireAgainAsync()
    {
        var offset = Stopwatch.GetElapsedTime(FiredAt);
        var again = await client.PanicAsync(BookScope.All, options).ConfigureAwait(false);
        return _told = Join(_told, again, offset);
    }

    /// <summary>
    /// Joins the report of a panic with that of a later one over the same book, which has taken over what was unresolved and sent again
    /// what was rejected: of the first, what is closed counts.
    /// </summary>
    /// <param name="first">The earlier one.</param>
    /// <param name="again">The later one.</param>
    /// <param name="offset">How much later it began.</param>
    public static PanicReport Join(in PanicReport first, in PanicReport again, TimeSpan offset) => again with
    {
        Orders = first.Confirmed + first.AlreadyGone + first.NotFound + again.Orders,
        Written = first.Written + again.Written,
        Confirmed = first.Confirmed + again.Confirmed,
        AlreadyGone = first.AlreadyGone + again.AlreadyGone,
        NotFound = first.NotFound + again.NotFound,
        PutOff = first.PutOff + again.PutOff,
        Resent = first.Resent + again.Resent,
        FirstByte = first.FirstByte ?? (again.FirstByte + offset),
        LastByte = (again.LastByte + offset) ?? first.LastByte,
        LastConfirmation = (again.LastConfirmation + offset) ?? first.LastConfirmation,
    };
}
