using Dmex.Fast.Standby.Nats.Configuration;
using Dmex.Fast.Standby.Nats.Servers;
using Dmex.Fast.Standby.Nats.Subjects;

namespace Dmex.Fast.Standby.Nats;

/// <summary>Which cluster <see cref="NatsClusterConfiguration"/> writes.</summary>
public sealed class NatsClusterOptions
{
    /// <summary>
    /// The servers as engines and standbys reach them, as host[:port]: 1, 3 or 5, each on a host of its own but on loopback.
    /// </summary>
    public IReadOnlyList<string> Servers { get; set; } = [];

    /// <summary>The books that the cluster keeps, each in an account of its own: no user of one book reaches another.</summary>
    public IReadOnlyList<string> Books { get; set; } = ["book"];

    /// <summary>Where a server's folder will lie on its host; null: where it is written.</summary>
    public string? InstallDirectory { get; set; }

    /// <summary>Where a server keeps its streams; null: in the folder "data" of its own.</summary>
    public string? DataDirectory { get; set; }

    /// <summary>How much a server may keep on its disk; null: 1 GiB a book, and one more.</summary>
    public long? MaxFileBytes { get; set; }

    /// <summary>What a server's port for the others is above that for clients.</summary>
    public int RoutePortOffset { get; set; } = 2000;

    /// <summary>
    /// Whether a server writes each record through to its disk before it answers: needed against a loss of power on a majority at once,
    /// and known to nats-server 2.11 and later alone.
    /// </summary>
    public bool SyncAlways { get; set; }

    /// <summary>How long the certificates are valid.</summary>
    public TimeSpan CertificateLifetime { get; set; } = TimeSpan.FromDays(5 * 365);

    /// <summary>What is wrong with the options, each with its name and the remedy; empty when nothing is.</summary>
    public IReadOnlyList<string> GetErrors()
    {
        var errors = new List<string>();
        CheckServers(errors);
        if (Books is not { Count: > 0 })
        {
            errors.Add($"{nameof(Books)}: one at least.");
        }

        foreach (var book in Books ?? [])
        {
            if (!NatsNames.IsName(book))
            {
                errors.Add($"{nameof(Books)}: 1 to {NatsNames.MaxLength} of a-z, 0-9 and '-' each, not '{book}'.");
            }
        }

        if (Books is not null && Books.Distinct(StringComparer.OrdinalIgnoreCase).Count() != Books.Count)
        {
            errors.Add($"{nameof(Books)}: each once.");
        }

        if (MaxFileBytes < 1 << 20)
        {
            errors.Add($"{nameof(MaxFileBytes)}: at least {1 << 20}, not {MaxFileBytes}.");
        }

        if (CertificateLifetime < TimeSpan.FromDays(1) || CertificateLifetime > TimeSpan.FromDays(7300))
        {
            errors.Add($"{nameof(CertificateLifetime)}: from a day to twenty years, not {CertificateLifetime}.");
        }

        CheckPath(errors, InstallDirectory, nameof(InstallDirectory));
        CheckPath(errors, DataDirectory, nameof(DataDirectory));
        return errors;
    }

    /// <summary>Refuses options that are wrong.</summary>
    /// <exception cref="ArgumentException">Some are; the message names all of them, each with the remedy.</exception>
    public void Validate() => OptionMessages.ThrowIfAny(GetErrors());

    private void CheckServers(List<string> errors)
    {
        if (Servers is not { Count: 1 or 3 or 5 })
        {
            errors.Add($"{nameof(Servers)}: 1, 3 or 5 of them, so that a majority is one; not {Servers?.Count ?? 0}.");
        }

        var addresses = new List<NatsServerAddress>();
        foreach (var server in Servers ?? [])
        {
            if (!NatsServerAddress.TryParse(server, out var address))
            {
                errors.Add($"{nameof(Servers)}: host[:port] each, as nats-1.example.com:{NatsStandbyOptions.DefaultPort}, not '{server}'.");
            }
            else if (addresses.Contains(address) || (!address.IsLoopback && addresses.Exists(address.IsSameHost)))
            {
                errors.Add(
                    $"{nameof(Servers)}: '{server}' is on a host named before; with it two of them are lost at once. Name three hosts.");
            }
            else
            {
                addresses.Add(address);
            }
        }

        foreach (var port in addresses.Select(address => address.Port).Distinct())
        {
            if (RoutePortOffset == 0 || port + RoutePortOffset is < 1 or > ushort.MaxValue)
            {
                errors.Add($"{nameof(RoutePortOffset)}: {port} + {RoutePortOffset} is no port of its own.");
            }
        }
    }

    private static void CheckPath(List<string> errors, string? path, string name)
    {
        if (path is not null && (!Path.IsPathRooted(path) || path.AsSpan().ContainsAny("\"\\\r\n")))
        {
            errors.Add($"{name}: an absolute path without quotes, not '{path}'.");
        }
    }
}
