using System.Text.RegularExpressions;
using Xunit;

namespace Dmex.Fast.Tests.Architecture;

/// <summary>
/// A folder uses only the folders above it in its project's list. What counts is which types a file names, wherever their
/// namespaces are imported. Contracts (public enums, structs, records, options, exceptions and event arguments) are the project's
/// vocabulary and may be used by every folder.
/// </summary>
public sealed partial class LayeringTests
{
    /// <summary>The folders of each project, each using those before it only. The root, where the API stands, uses all.</summary>
    private static readonly Dictionary<string, string[]> FoldersOf = new(StringComparer.Ordinal)
    {
        ["src/Dmex.Fast.Signing"] = ["Curve", "Hashing", "Vectors", "Memory", "FaultInjection", "Ecdsa", "Conversion"],
        ["src/Dmex.Fast"] =
        [
            "Collections", "Options", "Transport", "WebSockets", "Protocol", "Replies", "Connections", "Tracking", "Signers",
            "Book/Storage", "Book",
            "Beats", "Diagnostics", "Dispatch", "Panics", "OpenOrders", "Warmup", "Client",
        ],
        ["src/Dmex.Fast.Keys"] = ["Files"],
        ["src/Dmex.Fast.Hosting"] = ["Configuration", "Hosts"],
        ["src/Dmex.Fast.Venue"] = ["Verification", "Orders", "Faults", "Sessions"],
        ["src/Dmex.Fast.Lab"] =
            ["Reporting", "Statistics", "Clocks", "Hosts", "Plots", "Peers", "Venues", "Drills", "Contenders", "Demo", "Latency", "Tables"],
        ["src/Dmex.Fast.Standby"] =
        [
            "Events", "Links", "Sealing", "Deciding", "Replication", "Messages", "Generations", "Diagnostics", "Operators", "Firing",
            "Local",
        ],
        ["src/Dmex.Fast.Standby.Nats"] = ["Subjects", "Servers", "Streams", "Configuration"],
        ["src/Dmex.Fast.Standby.Hosting"] = ["Configuration", "Hosts"],
        ["src/Dmex.Fast.Cli"] = ["Output", "Input", "Commands"],
        ["bench/Dmex.Fast.Bench"] = ["Kernels", "Timing", "Gate", "Standbys"],
    };

    /// <summary>
    /// What a folder names of the API at its project's root, or of a folder below it, and why: the client's engine reads the options
    /// that the client was given and hands events on in its name.
    /// </summary>
    private static readonly HashSet<string> Allowed = new(StringComparer.Ordinal)
    {
        "src/Dmex.Fast/Client uses DmexClient", // the sender of the events
        "src/Dmex.Fast/Warmup uses DmexClient", // rehearses a whole client
        "src/Dmex.Fast.Standby/Diagnostics uses StandbyEngine", // what is measured
        "src/Dmex.Fast.Standby/Diagnostics uses StandbyService", // what is measured
        "src/Dmex.Fast.Standby/Sealing uses StandbyKey", // its subkeys seal
        "src/Dmex.Fast.Standby/Firing uses StandbyFire", // what a firer is given
        "src/Dmex.Fast.Standby.Nats/Servers uses NatsStandbyLink", // whose servers are measured
        "src/Dmex.Fast.Venue/Sessions uses SimulatedVenue", // names its methods in messages
    };

    public static TheoryData<string> Projects => [.. FoldersOf.Keys];

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_folder_uses_only_the_folders_above_it(string project)
    {
        var folders = FoldersOf[project];
        var home = Homes(project);
        var offences = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var file in SourceTree.Code(project))
        {
            var folder = FolderOf(project, file);
            if (folder.Length == 0)
            {
                continue;
            }

            var own = Array.IndexOf(folders, folder);
            Assert.True(own >= 0, $"{file} is in a folder that the list does not have.");
            foreach (var name in Names(SourceTree.Text(file)))
            {
                if (home.TryGetValue(name, out var used) && (used.Length == 0 || Array.IndexOf(folders, used) > own))
                {
                    _ = offences.Add($"{project}/{folder} uses {name}");
                }
            }
        }

        offences.ExceptWith(Allowed);
        Assert.True(offences.Count == 0, string.Join('\n', offences));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Every_folder_of_the_list_exists(string project) =>
        Assert.All(
            FoldersOf[project],
            folder =>
                Assert.Contains(
                    SourceTree.Code(project), file => string.Equals(FolderOf(project, file), folder, StringComparison.Ordinal)));

    /// <summary>The folder of each type that is not a contract.</summary>
    private static Dictionary<string, string> Homes(string project)
    {
        var home = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in SourceTree.Code(project))
        {
            foreach (var type in Declaration().Matches(SourceTree.Text(file)).Where(type => !IsContract(type)))
            {
                home[type.Groups["name"].Value] = FolderOf(project, file);
            }
        }

        return home;
    }

    private static bool IsContract(Match type) => type.Groups["access"].ValueSpan is "public"
        && (type.Groups["kind"].ValueSpan is not "class" || ContractName().IsMatch(type.Groups["name"].Value));

    private static string FolderOf(string project, string file) =>
        string.Join('/', file[(project.Length + 1)..].Split('/')[..^1]);

    private static HashSet<string> Names(string code) =>
        [.. Name().Matches(Text().Replace(Comment().Replace(code, string.Empty), "\"\"")).Select(match => match.Value)];

    [GeneratedRegex(
        @"^(?<access>public|internal)\s+(\w+\s+)*?(?<kind>class|struct|interface|enum|record)\s+((struct|class)\s+)?(?<name>\w+)",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture,
        60_000)]
    private static partial Regex Declaration();

    [GeneratedRegex(@"(Options|Exception|EventArgs|Faults)$", RegexOptions.ExplicitCapture, 60_000)]
    private static partial Regex ContractName();

    [GeneratedRegex(@"^\s*//.*$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 60_000)]
    private static partial Regex Comment();

    [GeneratedRegex(@"""(\\.|[^""\\\n])*""", RegexOptions.ExplicitCapture, 60_000)]
    private static partial Regex Text();

    [GeneratedRegex(@"\b[A-Z]\w*\b", RegexOptions.ExplicitCapture, 60_000)]
    private static partial Regex Name();
}
