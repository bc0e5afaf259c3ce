namespace Dmex.Fast;

/// <summary>
/// The engine's side of standbys on other hosts, as a client uses it: the client's pulses go to it, and its fences stop the client. Every
/// member may be called from any thread. <c>StandbyEngine</c> of Dmex.Fast.Standby is one.
/// </summary>
public interface IEngineGuard
{
    /// <summary>Which orders the standbys fire.</summary>
    BookScope Scope { get; }

    /// <summary>The fence that the engine is under; null while there is none, or none is known yet. The book is latched by then.</summary>
    StandbyFence? Fence { get; }

    /// <summary>Notes that the trading loop runs. Must neither wait nor allocate.</summary>
    /// <returns>False while the engine must not trade: it was fenced, or it is the one that is cut off.</returns>
    bool Pulse();

    /// <summary>
    /// Goes on after a fence: returns when a standby guards the engine again, and the book's latches are cleared. The client calls it when
    /// what the standbys fired is known to be closed.
    /// </summary>
    /// <param name="fenceId">The fence that is acknowledged; 0 when the engine was cut off and nobody fired.</param>
    /// <param name="cancellationToken">Ends the wait; the book stays latched then.</param>
    /// <exception cref="InvalidOperationException">There is no fence, or it is another one.</exception>
    Task ResumeAsync(ulong fenceId, CancellationToken cancellationToken);
}
