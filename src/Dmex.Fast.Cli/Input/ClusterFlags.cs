using System.CommandLine;

namespace Dmex.Fast.Cli.Input;

/// <summary>The flag that names a book's cluster.</summary>
internal sealed class ClusterFlags
{
    /// <param name="description">What it is for.</param>
    /// <param name="isRequired">Whether the command is about a cluster alone.</param>
    public ClusterFlags(string description, bool isRequired = false) => Option = new("--cluster")
    {
        HelpName = "FILE",
        Description = $"{description} The cluster.json of the role's folder, as 'dmex standby init' writes it.",
        Required = isRequired,
    };

    /// <summary>The flag.</summary>
    public Option<FileInfo?> Option { get; }

    /// <summary>Adds the flag to a command.</summary>
    public void AddTo(Command command) => command.Add(Option);

    /// <summary>The file's path; null when it is not given.</summary>
    public string? Read(ParseResult parsed) => parsed.GetValue(Option)?.FullName;
}
