using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Dmex.Fast.Standby.Nats.Configuration;
using Dmex.Fast.Standby.Nats.Servers;
using Dmex.Fast.Standby.Nats.Subjects;
using NATS.NKeys;

namespace Dmex.Fast.Standby.Nats;

/// <summary>
/// Writes everything that a book's cluster needs: the servers' configurations with TLS, an account for each book and the permissions of
/// each role, certificates by an authority of its own, and the files by which engine, standbys and operators connect.
/// </summary>
public static class NatsClusterConfiguration
{
    /// <summary>The file by which a role connects, read by <see cref="NatsStandbyOptions.Load"/>.</summary>
    public const string ClientFileName = "cluster.json";

    /// <summary>A server's configuration.</summary>
    public const string ServerFileName = NatsServerFile.FileName;

    private const string AuthorityFileName = "ca.pem";
    private const string SeedFileName = "seed.nk";
    private const string KeyFileName = "standby.key";

    private static readonly NatsStandbyRole[] Roles = [NatsStandbyRole.Engine, NatsStandbyRole.Standby, NatsStandbyRole.Operator];

    /// <summary>
    /// Writes the cluster's files, all or none: authority/ (the key that signs certificates; keep it away from every host),
    /// server-1/ … (one for each server, to be copied to its host), and for each book BOOK/engine, BOOK/standby and BOOK/operator. What
    /// is secret can be read by its owner alone. A server's folder holds no secret but its own certificate's key: roles are known to it by
    /// their public keys, and the key that seals batches is in the roles' folders alone.
    /// </summary>
    /// <param name="directory">Where to; it must not exist, or be empty.</param>
    /// <param name="options">Which servers and books.</param>
    /// <exception cref="ArgumentException">Options are wrong; the message names all of them, each with the remedy.</exception>
    /// <exception cref="IOException">The directory is not empty, or could not be written.</exception>
    public static void Write(string directory, NatsClusterOptions options)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        directory = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
        if (Directory.Exists(directory) && Directory.EnumerateFileSystemEntries(directory).Any())
        {
            throw new IOException(
                $"{directory} is not empty: the keys in it would be replaced. Name another directory, or empty this one.");
        }

        var draft = directory + ".new-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
        try
        {
            CreateDirectory(draft);
            WriteAll(draft, directory, options);
            if (Directory.Exists(directory))
            {
                Directory.Delete(directory);
            }

            Directory.Move(draft, directory);
        }
        finally
        {
            if (Directory.Exists(draft))
            {
                Directory.Delete(draft, recursive: true);
            }
        }
    }

    private static void WriteAll(string draft, string directory, NatsClusterOptions options)
    {
        var addresses = options.Servers.Select(NatsServerAddress.Parse).ToArray();
        using var authority = NatsCertificates.CreateAuthority(options.CertificateLifetime);
        var authorityPem = authority.ExportCertificatePem() + "\n";
        var authorityFolder = CreateDirectory(Path.Combine(draft, "authority"));
        WriteFile(Path.Combine(authorityFolder, AuthorityFileName), authorityPem);
        WriteSecret(Path.Combine(authorityFolder, "ca.key"), NatsCertificates.ExportKey(authority));

        var accounts = options.Books.Select(book => WriteBook(draft, book, options, authorityPem)).ToArray();
        for (var i = 0; i < addresses.Length; i++)
        {
            var name = $"server-{i + 1}";
            var folder = CreateDirectory(Path.Combine(draft, name));
            using var certificate = NatsCertificates.CreateServer(authority, addresses[i].Host);
            WriteFile(Path.Combine(folder, AuthorityFileName), authorityPem);
            WriteFile(Path.Combine(folder, "server.pem"), certificate.ExportCertificatePem() + "\n");
            WriteSecret(Path.Combine(folder, "server.key"), NatsCertificates.ExportKey(certificate));
            var installed = options.InstallDirectory ?? Path.Combine(directory, name);
            WriteFile(
                Path.Combine(folder, ServerFileName),
                NatsServerFile.Write(name, addresses, i, installed, options, accounts));
        }
    }

    /// <returns>The account's users, by their public keys.</returns>
    private static NatsAccount WriteBook(string draft, string book, NatsClusterOptions options, string authorityPem)
    {
        string? key = null;
        var users = new List<(NatsStandbyRole, string)>();
        foreach (var role in Roles)
        {
            using var pair = KeyPair.CreatePair(PrefixByte.User);
            users.Add((role, pair.GetPublicKey()));
            var folder = CreateDirectory(Path.Combine(draft, book, NatsNames.Name(role)));
            WriteFile(Path.Combine(folder, AuthorityFileName), authorityPem);
            WriteSecret(Path.Combine(folder, SeedFileName), pair.GetSeed() + "\n");
            var keyFile = Path.Combine(folder, KeyFileName);
            if (key is null)
            {
                StandbyKey.CreateFile(keyFile);
                key = keyFile;
            }
            else
            {
                File.Copy(key, keyFile);
            }

            var file = new NatsStandbyFile
            {
                Book = book,
                Role = role,
                Servers = [.. options.Servers.Select(server => NatsServerAddress.Parse(server).ToString())],
                CertificateAuthorityFile = AuthorityFileName,
                SeedFile = SeedFileName,
                KeyFile = KeyFileName,
                Replicas = Math.Min(options.Servers.Count, 3),
            };
            File.WriteAllBytes(Path.Combine(folder, ClientFileName), file.ToJson());
        }

        return new NatsAccount(book, users);
    }

    private static string CreateDirectory(string path)
    {
        const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        _ = OperatingSystem.IsWindows() ? Directory.CreateDirectory(path) : Directory.CreateDirectory(path, Owner);
        return path;
    }

    private static void WriteFile(string path, string text) => File.WriteAllText(path, text);

    private static void WriteSecret(string path, string text)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var file = new FileStream(path, options);
        file.Write(Encoding.ASCII.GetBytes(text));
    }
}
