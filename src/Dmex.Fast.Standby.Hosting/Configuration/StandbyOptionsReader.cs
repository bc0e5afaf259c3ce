using System.Text.Json;
using Dmex.Fast.Hosting.Configuration;
using Dmex.Fast.Standby.Nats;
using Microsoft.Extensions.Configuration;

namespace Dmex.Fast.Standby.Hosting.Configuration;

/// <summary>Reads <see cref="DmexStandbyOptions"/> from a section: every option by its name.</summary>
internal static class StandbyOptionsReader
{
    /// <summary>Reads what the section has; what is wrong goes to <see cref="DmexStandbyOptions.ReadErrors"/>.</summary>
    public static void Read(IConfiguration section, DmexStandbyOptions options)
    {
        var path = section is IConfigurationSection { Path.Length: > 0 } named ? named.Path : "(root)";
        SectionReader reader = new(section, path, options.ReadErrors);
        reader.Text("File", file => Load(file, $"{path}:File", options)); // first: what is set beside it takes precedence
        var nats = options.Nats;
        List<string> servers = [];
        reader.List(nameof(nats.Servers), (items, key) => items.Text(key, servers.Add));
        nats.Servers = servers.Count > 0 ? servers : nats.Servers;
        reader.Text(nameof(nats.Book), value => nats.Book = value);
        reader.Text(nameof(nats.CertificateAuthorityFile), value => nats.CertificateAuthorityFile = value);
        reader.Text(nameof(nats.SeedFile), value => nats.SeedFile = value);
        reader.Text(nameof(nats.CredentialsFile), value => nats.CredentialsFile = value);
        reader.Text(nameof(nats.KeyFile), value => nats.KeyFile = value);
        reader.Whole(nameof(nats.Replicas), value => nats.Replicas = value);
        reader.Long(nameof(nats.MaxStreamBytes), value => nats.MaxStreamBytes = value);
        reader.Time(nameof(nats.RequestTimeout), value => nats.RequestTimeout = value);
        reader.Time(nameof(nats.ElectionTimeout), value => nats.ElectionTimeout = value);
        reader.Time(nameof(nats.MaxReconnectDelay), value => nats.MaxReconnectDelay = value);
        options.Cluster.Book = nats.Book;
        ReadCluster(reader, options.Cluster);
        reader.Finish();
    }

    private static void ReadCluster(SectionReader reader, StandbyClusterOptions cluster)
    {
        reader.Text(nameof(cluster.Name), value => cluster.Name = value);
        reader.Time(nameof(cluster.Beat), value => cluster.Beat = value);
        reader.Time(nameof(cluster.Ttl), value => cluster.Ttl = value);
        reader.Time(nameof(cluster.IsolatedAfter), value => cluster.IsolatedAfter = value);
        reader.Name<IsolationPolicy>(nameof(cluster.OnIsolated), value => cluster.OnIsolated = value);
        reader.Name<EngineIsolationPolicy>(nameof(cluster.OnEngineIsolated), value => cluster.OnEngineIsolated = value);
        reader.Time(nameof(cluster.MaxReplicationLag), value => cluster.MaxReplicationLag = value);
        reader.Name<LagPolicy>(nameof(cluster.OnLag), value => cluster.OnLag = value);
        reader.Time(nameof(cluster.MaxPulseGap), value => cluster.MaxPulseGap = value);
        List<string> peers = [];
        reader.List(nameof(cluster.UdpPeers), (items, key) => items.Text(key, peers.Add));
        cluster.UdpPeers = peers;
    }

    private static void Load(string file, string key, DmexStandbyOptions options)
    {
        try
        {
            options.Nats = NatsStandbyOptions.Load(file);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException or JsonException)
        {
            options.ReadErrors.Add($"{key}: {e.Message}");
        }
    }
}
