using Dmex.Fast.Hosting;
using Dmex.Fast.Standby.Hosting;
using Dmex.Fast.Standby.Hosting.Configuration;
using Dmex.Fast.Standby.Nats;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Xunit;

namespace Dmex.Fast.Standby.Tests.Hosting;

/// <summary>The options of an engine's standbys, from configuration.</summary>
public sealed class StandbyOptionsTests
{
    [Fact]
    public async Task Every_mistake_is_named_at_the_start_at_once()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Dmex:Endpoint"] = "wss://venue.example/ws",
            ["DmexStandby:Servers:0"] = "nats-1.example.com",
            ["DmexStandby:Servers:1"] = "nats-1.example.com:4222",
            ["DmexStandby:Servers:2"] = "nats-3.example.com",
            ["DmexStandby:Book"] = "Not A Name",
            ["DmexStandby:Tll"] = "00:00:02",
            ["DmexStandby:Beat"] = "fast",
            ["DmexStandby:Ttl"] = "00:00:00.5",
            ["DmexStandby:OnLag"] = "Ignore",
            ["DmexStandby:OnEngineIsolated"] = "GoOn",
            ["DmexStandby:UdpPeers:0"] = "s1.example.com",
            ["DmexStandby:SeedFile"] = "/nowhere/seed.nk",
        });
        builder.Services.AddDmexFast(builder.Configuration.GetSection("Dmex"));
        builder.Services.AddDmexStandby(builder.Configuration.GetSection("DmexStandby"));
        using var host = builder.Build();

        var error = await Assert.ThrowsAnyAsync<Exception>(() => host.StartAsync(TestContext.Current.CancellationToken));

        IEnumerable<Exception> errors = error is AggregateException all ? all.InnerExceptions : [error];
        var failures = errors.OfType<OptionsValidationException>().SelectMany(one => one.Failures).ToArray();
        string[] wrong =
        [
            "named twice", "Book:", "DmexStandby:Tll", "DmexStandby:Beat", "Ttl:", "DmexStandby:OnLag", "DmexStandby:OnEngineIsolated",
            "UdpPeers:", "SeedFile", "CertificateAuthorityFile", "KeyFile", "Dmex:Book:Capacity",
        ];
        foreach (var named in wrong)
        {
            Assert.Contains(failures, failure => failure.Contains(named, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Every_option_that_can_be_text_is_read_from_the_configuration()
    {
        Dictionary<string, string?> all = new(StringComparer.Ordinal)
        {
            ["S:Servers:0"] = "a",
            ["S:UdpPeers:0"] = "s1.test:7400",
            ["S:UdpPeers:1"] = "s2.test:7400",
        };
        string[] inCode =
        [
            nameof(NatsStandbyOptions.User),
            nameof(NatsStandbyOptions.Password),
            nameof(NatsStandbyOptions.Role),
            nameof(StandbyClusterOptions.DryRun),
            nameof(StandbyClusterOptions.UdpListen), // a standby's
        ];
        foreach (var property in typeof(StandbyClusterOptions).GetProperties().Concat(typeof(NatsStandbyOptions).GetProperties()))
        {
            var type = property.PropertyType;
            var text = type == typeof(string) ? "text"
                : type == typeof(TimeSpan) ? "00:00:07"
                : type == typeof(int) || type == typeof(long) ? "7"
                : type.IsEnum ? Enum.GetNames(type)[1]
                : null;
            if (text is not null && !inCode.Contains(property.Name))
            {
                all[$"S:{property.Name}"] = text;
            }
        }

        DmexStandbyOptions options = new();
        StandbyOptionsReader.Read(new ConfigurationBuilder().AddInMemoryCollection(all).Build().GetSection("S"), options);

        Assert.True(all.Count > 15, $"{all.Count} options");
        Assert.Empty(options.ReadErrors);
        Assert.Equal((7, "text", TimeSpan.FromSeconds(7)), (options.Nats.Replicas, options.Cluster.Book, options.Cluster.Ttl));
        Assert.Equal((IsolationPolicy.Hold, LagPolicy.Refuse), (options.Cluster.OnIsolated, options.Cluster.OnLag));
        Assert.Equal(["s1.test:7400", "s2.test:7400"], options.Cluster.UdpPeers);
        Assert.Equal(EngineIsolationPolicy.Alarm, options.Cluster.OnEngineIsolated);
    }

    [Fact]
    public void The_file_of_the_engines_folder_is_read_and_what_stands_beside_it_goes_before_it()
    {
        var folder = Directory.CreateTempSubdirectory("dmex-standby-options-");
        try
        {
            var cluster = Path.Combine(folder.FullName, "cluster");
            NatsClusterConfiguration.Write(
                cluster,
                new NatsClusterOptions { Servers = ["127.0.0.1:4222", "127.0.0.1:4223", "127.0.0.1:4224"], Books = ["e1"] });

            var (engine, errors) = Read(Path.Combine(cluster, "e1", "engine", NatsClusterConfiguration.ClientFileName));
            Assert.Empty(errors);
            Assert.Equal(
                ("e1", "e1", 3, TimeSpan.FromSeconds(3)),
                (engine.Cluster.Book, engine.Nats.Book, engine.Nats.Servers.Count, engine.Nats.RequestTimeout));

            (_, errors) = Read(Path.Combine(cluster, "e1", "standby", NatsClusterConfiguration.ClientFileName));
            Assert.Contains("engine's folder", Assert.Single(errors), StringComparison.Ordinal);

            (_, errors) = Read(Path.Combine(cluster, "nothing.json"));
            Assert.Contains(
                errors,
                error => error.Contains("S:File", StringComparison.Ordinal) && error.Contains("nothing.json", StringComparison.Ordinal));
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        static (DmexStandbyOptions Options, string[] Errors) Read(string file)
        {
            DmexStandbyOptions options = new();
            var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["S:File"] = file,
                ["S:RequestTimeout"] = "00:00:03",
            }).Build();
            StandbyOptionsReader.Read(configuration.GetSection("S"), options);
            return (options, [.. new StandbyOptionsValidator(string.Empty).Validate(string.Empty, options).Failures ?? []]);
        }
    }
}
