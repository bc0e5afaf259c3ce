namespace Dmex.Fast.Hosting;

/// <summary>The engine's side of standbys on other hosts, as a host ends it. See <see cref="DmexHostOptions.CreateGuard"/>.</summary>
public interface IHostedGuard : IEngineGuard
{
    /// <summary>
    /// The host stops: ends the guard, before the client, the book and the key. Called once; must not throw.
    /// </summary>
    /// <param name="mayOrdersBeOpen">
    /// A panic at the shutdown has left orders that may be open: take no leave of the standbys, so that they fire after the Ttl.
    /// </param>
    Task EndAsync(bool mayOrdersBeOpen);
}
