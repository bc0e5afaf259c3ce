using System.CommandLine;

namespace Dmex.Fast.Cli.Input;

/// <summary>The flag that names a book's cluster.</summary>
internal sealed class ClusterFlags
{
    private readonly Option<FileInfo?> _cluster;

    /// <param name="description">What it is for.</param>
    /// <param name="isRequired">Whether the command is about a cluster alone.</param>
    public ClusterFlags(string description, bool isRequired = false) => _cluster = new("--cluster")
    {
        HelpName = "FILE",
        Description = $"{description} The cluster.json of the role's folder, as 'dmex standby init' writes it.",
        Required = isRequired,
    };

    /// <summary>Adds the flag to a command.</summary>
    public void AddTo(Command command) => command.Add(_cluster);

    /// <summary>The file's path; null when it is not given.</summary>
    public string? Read(ParseResult parsed) => parsed.GetValue(_cluster)?.FullName;
}
