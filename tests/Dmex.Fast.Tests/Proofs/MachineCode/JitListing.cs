using System.Text.RegularExpressions;

namespace Dmex.Fast.Tests.Proofs.MachineCode;

/// <summary>What the runtime's JIT says that it compiled (DOTNET_JitDisasm): each method's tiers, and the methods it calls.</summary>
internal sealed partial class JitListing
{
    private readonly Dictionary<string, List<string>> _tiers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<string>> _calls = new(StringComparer.Ordinal);

    public JitListing(IEnumerable<string> lines)
    {
        var current = string.Empty;
        foreach (var line in lines)
        {
            if (Header().Match(line) is { Success: true } header)
            {
                current = header.Groups["method"].Value;
                Add(_tiers, current).Add(header.Groups["tier"].Value);
            }
            else if (Call().Match(line) is { Success: true } call)
            {
                Add(_calls, current).Add(call.Groups["method"].Value);
            }
        }
    }

    public IEnumerable<string> Methods => _tiers.Keys;

    public IReadOnlyList<string> TiersOf(string method) => _tiers.TryGetValue(method, out var tiers) ? tiers : [];

    /// <summary>The methods that pass a filter and all that they call, directly or not, among those that pass the second.</summary>
    public IReadOnlySet<string> Reach(Func<string, bool> isRoot, Func<string, bool> isFollowed)
    {
        var reached = new HashSet<string>(StringComparer.Ordinal);
        var pending = new Stack<string>(_tiers.Keys.Where(isRoot));
        while (pending.TryPop(out var method))
        {
            if (reached.Add(method) && _calls.TryGetValue(method, out var callees))
            {
                foreach (var callee in callees.Where(isFollowed))
                {
                    pending.Push(callee);
                }
            }
        }

        return reached;
    }

    private static T Add<T>(Dictionary<string, T> map, string key)
        where T : new()
    {
        if (!map.TryGetValue(key, out var value))
        {
            map.Add(key, value = new T());
        }

        return value;
    }

    [GeneratedRegex(@"^; Assembly listing for method (?<method>.+) \((?<tier>[^()]+)\)$", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Header();

    [GeneratedRegex(@"\b(call|jmp)\s+\[(?<method>Dmex\.Fast\.Signing\..+)\]$", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Call();
}
