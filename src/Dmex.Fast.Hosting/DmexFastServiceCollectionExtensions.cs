using Dmex.Fast.Hosting.Configuration;
using Dmex.Fast.Hosting.Hosts;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Dmex.Fast.Hosting;

/// <summary>Adds clients of the venue to a host.</summary>
public static class DmexFastServiceCollectionExtensions
{
    /// <summary>
    /// Adds a client as <see cref="IDmexClient"/>. It is made when the host starts, connects in the background and keeps trying; it is
    /// ended when the host stops, after a panic if <see cref="DmexHostOptions.PanicOnShutdown"/> asks for one. Wrong options stop the
    /// host's start with a message that names all of them.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="section">Holds the options; see <see cref="DmexHostOptions"/>. A key that is no option is an error.</param>
    /// <param name="configure">Sets what is not text, after the section was read; null for nothing.</param>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="InvalidOperationException">There is a client without a name already.</exception>
    public static IServiceCollection AddDmexFast(
        this IServiceCollection services, IConfiguration section, Action<DmexHostOptions>? configure = null)
    {
        Add(services, Microsoft.Extensions.Options.Options.DefaultName, section, configure);
        services.TryAddSingleton<IDmexClient>(
            provider => provider.GetRequiredKeyedService<ClientHost>(Microsoft.Extensions.Options.Options.DefaultName).Client);
        return services;
    }

    /// <summary>Adds a client of one account among several, as a keyed <see cref="IDmexClient"/>.</summary>
    /// <inheritdoc
    /// cref="AddDmexFast(IServiceCollection, IConfiguration, Action{DmexHostOptions}?)"
    /// path="/*[not(self::param) and not(self::summary)]"/>
    /// <param name="services">The host's services.</param>
    /// <param name="accountName">The key: any name for the account, which logs and health checks show. Not empty.</param>
    /// <param name="section">Holds the options.</param>
    /// <param name="configure">Sets what is not text, after the section was read; null for nothing.</param>
    /// <exception cref="ArgumentException"><paramref name="accountName"/> is empty.</exception>
    public static IServiceCollection AddDmexFast(
        this IServiceCollection services, string accountName, IConfiguration section, Action<DmexHostOptions>? configure = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(accountName);
        Add(services, accountName, section, configure);
        services.AddKeyedSingleton<IDmexClient>(
            accountName, (provider, _) => provider.GetRequiredKeyedService<ClientHost>(accountName).Client);
        return services;
    }

    /// <summary>Adds a health check of a client: ready, degraded or unhealthy, with why and since when.</summary>
    /// <param name="builder">The host's health checks.</param>
    /// <param name="accountName">The client's name; null for the one without.</param>
    /// <param name="tags">For filtering; null for none.</param>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is null.</exception>
    public static IHealthChecksBuilder AddDmexFast(
        this IHealthChecksBuilder builder, string? accountName = null, IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.Add(new HealthCheckRegistration(
            accountName is null ? "dmex" : $"dmex-{accountName}",
            provider =>
                new ClientHealthCheck(
                    provider.GetRequiredKeyedService<ClientHost>(accountName ?? Microsoft.Extensions.Options.Options.DefaultName)),
            HealthStatus.Unhealthy,
            tags));
    }

    private static void Add(IServiceCollection services, string name, IConfiguration section, Action<DmexHostOptions>? configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(section);
        if (services.Any(service => service.ServiceType == typeof(ClientHost) && Equals(service.ServiceKey, name)))
        {
            throw new InvalidOperationException(
                name.Length == 0
                    ? "There is a client without a name already: name each account where there are several."
                    : $"There is a client named {name} already.");
        }

        var options = services.AddOptions<DmexHostOptions>(name).Configure(host => HostOptionsReader.Read(section, host));
        if (configure is not null)
        {
            _ = options.Configure(configure);
        }

        _ = options.ValidateOnStart();
        services.AddSingleton<IValidateOptions<DmexHostOptions>>(new HostOptionsValidator(name));
        services.AddSingleton(new ClientName(name));
        services.AddKeyedSingleton(name, (provider, _) => Make(name, provider));
        services.AddSingleton<IHostedService>(provider => new ClientHostedService(provider.GetRequiredKeyedService<ClientHost>(name)));
    }

    private static ClientHost Make(string name, IServiceProvider provider)
    {
        // Before the host validates by itself: it makes its services first, and so the first client's mistakes would hide the others'.
        var options = provider.GetRequiredService<IOptionsMonitor<DmexHostOptions>>();
        ClientName.ValidateAll(provider.GetServices<ClientName>(), options);
        var logger = provider.GetRequiredService<ILogger<DmexClient>>();
        return new ClientHost(name, options, provider, logger, provider.GetService<TimeProvider>());
    }
}
