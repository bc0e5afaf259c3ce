using Dmex.Fast.Cli.Output;
using Dmex.Fast.Keys.Files;
using Dmex.Fast.Standby;
using Dmex.Fast.Standby.Nats;

namespace Dmex.Fast.Cli.Input;

/// <summary>A book's cluster as one role reaches it.</summary>
internal sealed class ClusterAccess : IAsyncDisposable
{
    private ClusterAccess(NatsStandbyOptions options, StandbyKey key, NatsStandbyLink link)
    {
        Options = options;
        Key = key;
        Link = link;
    }

    public NatsStandbyOptions Options { get; }

    public StandbyKey Key { get; }

    public NatsStandbyLink Link { get; }

    /// <summary>Why the servers that are not connected are not, one a line; empty when all are.</summary>
    public IEnumerable<string> Problems => Link.Servers.Where(server => !server.IsConnected)
        .Select(server => $"{server.Address}: {server.Problem ?? "no answer yet"}");

    /// <summary>Reads a cluster's file, checks it, and begins to connect.</summary>
    /// <param name="path">The file, as 'dmex standby init' writes it for each role.</param>
    /// <param name="role">Whose file the command takes.</param>
    /// <exception cref="CommandException">The file or one that it names is wrong; the message says what, with the remedy.</exception>
    public static ClusterAccess Open(string path, NatsStandbyRole role)
    {
        var options = Read(path, role);
        StandbyKey? key = null;
        try
        {
            key = StandbyKey.OpenFile(options.KeyFile!);
            return new ClusterAccess(options, key, NatsStandbyLink.Open(options));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            key?.Dispose();
            throw new CommandException(
                ExitCode.KeyUnusable,
                $"{path}: {error.Message}",
                "Copy the role's folder again from where 'dmex standby init' wrote it, whole.",
                error);
        }
    }

    /// <summary>Reads and checks a cluster's file.</summary>
    /// <exception cref="CommandException">It is wrong; the message says what, with the remedy.</exception>
    public static NatsStandbyOptions Read(string path, NatsStandbyRole role)
    {
        NatsStandbyOptions options;
        try
        {
            options = NatsStandbyOptions.Load(path);
        }
        catch (InvalidDataException error)
        {
            throw Wrong(error.Message, error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(
                ExitCode.BadInput,
                $"{path} cannot be read: {FileCause.Of(error, path)}",
                "Name the cluster.json of the role's folder with --cluster.",
                error);
        }

        var errors = options.GetErrors();
        if (errors.Count > 0)
        {
            var isKey = errors.All(message => message.StartsWith("KeyFile:", StringComparison.Ordinal)
                || message.StartsWith("SeedFile:", StringComparison.Ordinal)
                || message.StartsWith("CredentialsFile:", StringComparison.Ordinal));
            throw new CommandException(
                isKey ? ExitCode.KeyUnusable : ExitCode.BadInput,
                $"{path}: {string.Join("\n      ", errors)}",
                "Correct the file, or copy the role's folder again from where 'dmex standby init' wrote it, whole.");
        }

        if (options.Role != role)
        {
            throw new CommandException(
                ExitCode.BadInput,
                $"{path} is the file of the role {options.Role.ToString().ToLowerInvariant()}; this takes that of the "
                    + $"{role.ToString().ToLowerInvariant()}.",
                $"Name the cluster.json of the folder '{options.Book}/{role.ToString().ToLowerInvariant()}' with --cluster.");
        }

        return options.KeyFile is not null
            ? options
            : throw new CommandException(
                ExitCode.KeyUnusable,
                $"{path}: keyFile: what goes over the cluster is sealed, and the file names no key.",
                "Add \"keyFile\": \"standby.key\", and copy that file of 'dmex standby init' beside it, mode 600.");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Link.DisposeAsync();
        Key.Dispose();
    }

    private static CommandException Wrong(string message, Exception cause) => new(
        ExitCode.BadInput, message,
        "Correct the file, or write a new one with 'dmex standby init'; docs/standby-cluster.md says what is in it.", cause);
}
