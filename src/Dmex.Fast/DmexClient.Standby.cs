namespace Dmex.Fast;

/// <content>Beats for a standby, and what becomes of the engine when it has fired.</content>
public sealed partial class DmexClient
{
    /// <summary>
    /// A standby has fired this engine's book, and this client found it: in a pulse, or within a tenth of a second. The book is latched
    /// by then, and fired from here too; <see cref="Fence"/> holds until <see cref="ResumeAsync"/>.
    /// </summary>
    public event EventHandler<StandbyFiredEventArgs>? StandbyFired
    {
        add => _engine.Events.StandbyFired += value;
        remove => _engine.Events.StandbyFired -= value;
    }

    /// <summary>
    /// The fence of a standby that has fired this engine's book, found by this client; null while there is none. One that holds when an
    /// engine ends is found again by the next engine on the same beat page, or of the same cluster's book.
    /// </summary>
    public StandbyFence? Fence => _engine.Standby.Fence;

    /// <summary>
    /// Says that the trading loop runs: to be called by the loop itself, from the first order on, several times within
    /// <see cref="StandbyOptions.Ttl"/>. When the calls cease, a standby fires. Before the first call it fires for the process's end
    /// alone. Without <see cref="StandbyOptions.BeatPage"/> and <see cref="StandbyOptions.Guard"/> it does nothing.
    /// </summary>
    /// <returns>
    /// False while the engine must not trade: a standby has fired (<see cref="Fence"/>), or the engine is cut off from those on other
    /// hosts. The book is latched before it returns.
    /// </returns>
    /// <remarks>Thread-safe; about 20 ns, no allocation.</remarks>
    public bool Pulse() => _engine.Standby.Pulse();

    /// <summary>
    /// Goes on after a standby has fired: waits for the end of this client's own panic over the book, compares the venue's list of open
    /// orders where there is one (<see cref="DmexClientOptions.OpenOrders"/>), clears the book's latches, and lets the standby watch
    /// again. To be called by who has looked at what the standby did; the trading loop pulses meanwhile.
    /// </summary>
    /// <param name="fenceId">
    /// The fence that is acknowledged: <see cref="StandbyFence.Id"/> of <see cref="Fence"/>; 0 when the engine latched its book because
    /// it was cut off, and nobody fired: then the orders in the book stay armed, and only the latch is cleared.
    /// </param>
    /// <param name="cancellationToken">Ends the wait; the fence holds.</param>
    /// <exception cref="InvalidOperationException">
    /// There is no fence, or it is another one, or orders of the book are not known to be closed, or the venue lists orders that the
    /// book does not hold (<see cref="StandbyOptions.ResumeWithOtherOrders"/>). Nothing changed.
    /// </exception>
    /// <exception cref="OpenOrdersException">The venue's list cannot be read. The fence holds.</exception>
    /// <exception cref="BeatPageException">The beat page cannot be written. The fence holds.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    /// <exception cref="ObjectDisposedException">The client is disposed.</exception>
    public Task ResumeAsync(ulong fenceId, CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        return _engine.Standby.ResumeAsync(fenceId, cancellationToken);
    }
}
