using System.Globalization;
using System.Text.RegularExpressions;

namespace Dmex.Fast.Tests.Proofs.MachineCode;

/// <summary>A method's machine code as the JIT lists it, and which instructions can come just before each.</summary>
internal sealed partial class ListedMethod
{
    private readonly List<ListedInstruction> _code = [];
    private readonly Dictionary<string, int> _labels = new(StringComparer.Ordinal);
    private List<int>[]? _predecessors;

    public ListedMethod(string name, string tier)
    {
        Name = name;
        Tier = tier;
    }

    public string Name { get; }

    public string Tier { get; }

    public IReadOnlyList<ListedInstruction> Code => _code;

    /// <summary>All methods of a listing; where one was compiled more than once, each of its forms.</summary>
    public static IReadOnlyList<ListedMethod> ReadAll(IEnumerable<string> lines)
    {
        var methods = new List<ListedMethod>();
        foreach (var line in lines)
        {
            if (Header().Match(line) is { Success: true } header)
            {
                methods.Add(new ListedMethod(header.Groups["method"].Value, header.Groups["tier"].Value));
            }
            else if (methods.Count > 0)
            {
                methods[^1].Add(line);
            }
        }

        return methods;
    }

    /// <summary>The instructions that may run just before this one; -1 is the method's entry.</summary>
    public IReadOnlyList<int> Predecessors(int index) => (_predecessors ??= FindPredecessors())[index];

    private void Add(string line)
    {
        if (Label().Match(line) is { Success: true } label)
        {
            _labels[label.Groups["label"].Value] = _code.Count;
        }
        else if (ListedInstruction.TryParse(line) is { Mnemonic: not "align" } instruction)
        {
            _code.Add(instruction);
        }
    }

    private List<int>[] FindPredecessors()
    {
        var predecessors = Enumerable.Range(0, _code.Count + 1).Select(_ => new List<int>()).ToArray();
        predecessors[0].Add(-1);
        for (var i = 0; i < _code.Count; i++)
        {
            if (_code[i].IsJump && TargetOf(i) is { } target)
            {
                predecessors[target].Add(i);
            }

            if (_code[i].Mnemonic is not ("jmp" or "ret" or "tail.jmp" or "int3"))
            {
                predecessors[i + 1].Add(i);
            }
        }

        return predecessors;
    }

    private int? TargetOf(int jump)
    {
        var target = _code[jump].Target;
        if (_labels.TryGetValue(target, out var index))
        {
            return index;
        }

        // "-5 instr" counts the jump itself.
        return Relative().Match(target) is { Success: true } relative
            ? jump + 1 + int.Parse(relative.Groups["distance"].Value, CultureInfo.InvariantCulture)
            : null;
    }

    [GeneratedRegex(@"^; Assembly listing for method (?<method>.+) \((?<tier>[^()]+)\)$", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Header();

    [GeneratedRegex(@"^(?<label>G_M\d+_IG\d+):", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Label();

    [GeneratedRegex(@"^(?<distance>-?\d+) instr$", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Relative();
}
