using Dmex.Fast.Hosting;
using Dmex.Fast.Hosting.Hosts;
using Dmex.Fast.Standby.Hosting.Configuration;
using Dmex.Fast.Standby.Hosting.Hosts;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Dmex.Fast.Standby.Hosting;

/// <summary>Has standbys on other hosts guard the clients of a host.</summary>
public static class DmexStandbyServiceCollectionExtensions
{
    /// <summary>
    /// Has standbys on other hosts guard the client that <c>AddDmexFast</c> adds: its book is replicated to them over a NATS cluster,
    /// <see cref="IDmexClient.Pulse"/> makes it beat, and <see cref="IDmexClient.ResumeAsync"/> goes on after a fire. The host starts
    /// whether the cluster is there or not; until a generation is claimed nobody guards the engine, which the health check says. The
    /// <see cref="StandbyEngine"/> is a service, too. Wrong options stop the host's start with a message that names all of them.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="section">Holds the options; see <see cref="DmexStandbyOptions"/>. A key that is no option is an error.</param>
    /// <param name="configure">Sets what is not text, after the section was read; null for nothing.</param>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="InvalidOperationException">The client has standbys already.</exception>
    public static IServiceCollection AddDmexStandby(
        this IServiceCollection services, IConfiguration section, Action<DmexStandbyOptions>? configure = null)
    {
        Add(services, Microsoft.Extensions.Options.Options.DefaultName, section, configure);
        services.TryAddSingleton(provider => Engine(provider, Microsoft.Extensions.Options.Options.DefaultName));
        return services;
    }

    /// <summary>Has standbys guard the client of one account among several; the <see cref="StandbyEngine"/> is a keyed service.</summary>
    /// <inheritdoc
    /// cref="AddDmexStandby(IServiceCollection, IConfiguration, Action{DmexStandbyOptions}?)"
    /// path="/*[not(self::param) and not(self::summary)]"/>
    /// <param name="services">The host's services.</param>
    /// <param name="accountName">The client's name. Not empty.</param>
    /// <param name="section">Holds the options.</param>
    /// <param name="configure">Sets what is not text, after the section was read; null for nothing.</param>
    /// <exception cref="ArgumentException"><paramref name="accountName"/> is empty.</exception>
    public static IServiceCollection AddDmexStandby(
        this IServiceCollection services, string accountName, IConfiguration section, Action<DmexStandbyOptions>? configure = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(accountName);
        Add(services, accountName, section, configure);
        services.AddKeyedSingleton(accountName, (provider, _) => Engine(provider, accountName));
        return services;
    }

    /// <summary>Adds a health check of an engine's standbys: who would fire, lag, servers, generation, with why and since when.</summary>
    /// <param name="builder">The host's health checks.</param>
    /// <param name="accountName">The client's name; null for the one without.</param>
    /// <param name="tags">For filtering; null for none.</param>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is null.</exception>
    public static IHealthChecksBuilder AddDmexStandby(
        this IHealthChecksBuilder builder, string? accountName = null, IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.Add(new HealthCheckRegistration(
            accountName is null ? "dmex-standby" : $"dmex-standby-{accountName}",
            provider => new StandbyHealthCheck(
                provider.GetRequiredKeyedService<StandbyHost>(accountName ?? Microsoft.Extensions.Options.Options.DefaultName)),
            HealthStatus.Unhealthy,
            tags));
    }

    private static void Add(IServiceCollection services, string name, IConfiguration section, Action<DmexStandbyOptions>? configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(section);
        if (services.Any(service => service.ServiceType == typeof(StandbyHost) && Equals(service.ServiceKey, name)))
        {
            throw new InvalidOperationException($"The client {(name.Length == 0 ? "without a name" : name)} has standbys already.");
        }

        var options = services.AddOptions<DmexStandbyOptions>(name).Configure(standby => StandbyOptionsReader.Read(section, standby));
        if (configure is not null)
        {
            _ = options.Configure(configure);
        }

        _ = options.ValidateOnStart();
        services.AddSingleton<IValidateOptions<DmexStandbyOptions>>(new StandbyOptionsValidator(name));
        services.AddSingleton<IValidateOptions<DmexHostOptions>>(
            provider => new GuardOptionsValidator(name, provider.GetRequiredService<IOptionsMonitor<DmexStandbyOptions>>()));
        services.AddKeyedSingleton(name, (provider, _) => new StandbyHost(
            name,
            provider.GetRequiredService<IOptionsMonitor<DmexStandbyOptions>>(),
            provider,
            provider.GetRequiredService<ILogger<StandbyEngine>>(),
            provider.GetService<TimeProvider>()));
        _ = services.AddOptions<DmexHostOptions>(name).Configure(host => host.CreateGuard = (provider, book) =>
        {
            var standby = provider.GetRequiredKeyedService<StandbyHost>(name);
            standby.Start(book);
            return standby;
        });
    }

    // The client's host makes the engine, for its book.
    private static StandbyEngine Engine(IServiceProvider provider, string name)
    {
        _ = provider.GetRequiredKeyedService<ClientHost>(name);
        return provider.GetRequiredKeyedService<StandbyHost>(name).Engine!;
    }
}
