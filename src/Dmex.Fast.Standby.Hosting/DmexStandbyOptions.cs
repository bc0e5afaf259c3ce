using Dmex.Fast.Standby.Links;
using Dmex.Fast.Standby.Nats;

namespace Dmex.Fast.Standby.Hosting;

/// <summary>
/// The engine's side of standbys on other hosts, for a hosted client. Bound from a configuration section: <c>File</c> names what
/// <c>dmex standby init</c> wrote for the engine, and the options of <see cref="StandbyClusterOptions"/> and
/// <see cref="NatsStandbyOptions"/> stand beside it by their names, and go before what the file says.
/// </summary>
/// <remarks>Read once, when the client is made; not thread-safe while it is changed.</remarks>
public sealed class DmexStandbyOptions
{
    /// <summary>Times and names; the same as the standbys', but for the name.</summary>
    public StandbyClusterOptions Cluster { get; } = new() { Name = "engine" };

    /// <summary>How the cluster is reached.</summary>
    public NatsStandbyOptions Nats { get; internal set; } = new() { Role = NatsStandbyRole.Engine };

    /// <summary>Makes the link in code, in place of one over NATS. The host disposes it.</summary>
    public Func<IServiceProvider, IStandbyLink>? CreateLink { get; set; }

    /// <summary>What could not be read of the configuration.</summary>
    internal List<string> ReadErrors { get; } = [];
}
