using System.Text.RegularExpressions;

namespace Dmex.Fast.Tests.Proofs.MachineCode;

/// <summary>
/// Tells the origin of registers in a listed method by following every write that can reach a use, along all ways through
/// the code; so that a loop counter is known as one, and everything else is not.
/// </summary>
/// <param name="method">The method.</param>
/// <param name="publicPlaces">The registers and stack slots that hold something public when it is called.</param>
internal sealed partial class ValueFlow(ListedMethod method, IReadOnlyCollection<string> publicPlaces)
{
    private readonly Dictionary<(string Place, int Before), ValueOrigin?> _known = [];
    private readonly HashSet<(string Place, int Before)> _open = [];

    /// <summary>The origin of an operand just before an instruction.</summary>
    public ValueOrigin Of(string operand, int index) => Evaluate(operand, index) ?? ValueOrigin.Constant;

    /// <summary>Whether an address depends on constants and at most one thing given.</summary>
    public bool IsPlainAddress(string address, int index) => Sum(address, index) is not ValueOrigin.Computed;

    /// <summary>Null stands for a value that only depends on itself: what a loop adds nothing to.</summary>
    private ValueOrigin? Evaluate(string operand, int index)
    {
        if (ListedInstruction.Register(operand) is { } register)
        {
            return register is "rsp" or "rbp" ? ValueOrigin.Given : Before(register, index);
        }

        if (ListedInstruction.IsImmediate(operand))
        {
            return ValueOrigin.Constant;
        }

        return ListedInstruction.Address(operand) is { } address && IsSlot(address) ? Before(address, index) : ValueOrigin.Given;
    }

    /// <summary>A register or a stack slot just before an instruction, over all writes that can reach it.</summary>
    private ValueOrigin? Before(string place, int index)
    {
        if (_known.TryGetValue((place, index), out var known))
        {
            return known;
        }

        if (!_open.Add((place, index)))
        {
            return null;
        }

        ValueOrigin? result = null;
        foreach (var write in ReachingWrites(place, index))
        {
            result = Join(result, write < 0 ? AtEntry(place) : Written(method.Code[write], place, write));
        }

        _open.Remove((place, index));
        if (_open.Count == 0)
        {
            _known[(place, index)] = result;
        }

        return result;
    }

    private ValueOrigin AtEntry(string place) =>
        publicPlaces.Contains(place, StringComparer.Ordinal) ? ValueOrigin.Constant : ValueOrigin.Given;

    /// <summary>The instructions that may have written a place last; -1 stands for the caller.</summary>
    private List<int> ReachingWrites(string place, int index)
    {
        var writes = new List<int>();
        var seen = new HashSet<int>();
        var pending = new Stack<int>(method.Predecessors(index));
        while (pending.TryPop(out var at))
        {
            if (!seen.Add(at))
            {
                continue;
            }

            if (at < 0 || Writes(method.Code[at], place))
            {
                writes.Add(at);
                continue;
            }

            foreach (var previous in method.Predecessors(at))
            {
                pending.Push(previous);
            }
        }

        return writes;
    }

    private static bool Writes(ListedInstruction instruction, string place) =>
        ListedInstruction.Register(place) is not null
            ? instruction.Writes().Contains(place, StringComparer.Ordinal)
            : instruction.Operands is [var first, ..] && instruction.Mnemonic is not ("cmp" or "test" or "push")
                && ListedInstruction.Address(first) is { } address && string.Equals(address, place, StringComparison.Ordinal);

    private ValueOrigin? Written(ListedInstruction instruction, string place, int index)
    {
        var operands = instruction.Operands;
        switch (instruction.Mnemonic)
        {
            case "mov" or "movzx" or "movsx" or "movsxd":
                return Evaluate(operands[1], index);
            case "cdqe":
                return Before("rax", index);
            case "lea":
                return Sum(ListedInstruction.Address(operands[1])!, index);
            case "xor" or "sub" when string.Equals(operands[0], operands[1], StringComparison.Ordinal):
                return ValueOrigin.Constant;
            case "inc" or "dec":
                return Before(place, index);
            case "add":
                return Add(Before(place, index), Evaluate(operands[1], index));
            case "sub" when ListedInstruction.IsImmediate(operands[1]):
                return Before(place, index);
            case "sub" or "and" or "or" or "xor" or "shl" or "shr" or "sar" or "neg" or "not" or "imul":
                return Combine([.. operands.Skip(operands.Count == 3 ? 1 : 0).Select(operand => Evaluate(operand, index))]);
            case "call":
                return string.Equals(place, "rax", StringComparison.Ordinal) ? ValueOrigin.Given : ValueOrigin.Computed;
            case "pop":
                return ValueOrigin.Given;
            default:
                return ValueOrigin.Computed;
        }
    }

    /// <summary>Of an address: one given part, plus constants; a scaled part must be constant.</summary>
    private ValueOrigin? Sum(string address, int index)
    {
        if (address.Contains("reloc", StringComparison.Ordinal))
        {
            return ValueOrigin.Given;
        }

        ValueOrigin? sum = ValueOrigin.Constant;
        foreach (Match term in Term().Matches(address))
        {
            var text = term.Groups["term"].Value;
            var star = text.IndexOf('*', StringComparison.Ordinal);
            if (star >= 0)
            {
                // A vector register as an index (a gather) is no general register, and so is not constant.
                sum = Combine([Add(sum, ValueOrigin.Constant), Evaluate(text[(star + 1)..], index)], whenConstant: sum);
            }
            else if (!ListedInstruction.IsImmediate(text))
            {
                sum = Add(sum, Evaluate(text, index));
            }
        }

        return sum;
    }

    private static ValueOrigin? Add(ValueOrigin? left, ValueOrigin? right) => (left, right) switch
    {
        (null, _) => right,
        (_, null) => left,
        (ValueOrigin.Constant, _) => right,
        (_, ValueOrigin.Constant) => left,
        _ => ValueOrigin.Computed,
    };

    /// <summary>Constants combine to a constant; anything else is computed.</summary>
    private static ValueOrigin? Combine(ValueOrigin?[] parts) =>
        parts.All(part => part is null or ValueOrigin.Constant) ? ValueOrigin.Constant : ValueOrigin.Computed;

    private static ValueOrigin? Combine(ValueOrigin?[] parts, ValueOrigin? whenConstant) =>
        parts[1] is null or ValueOrigin.Constant ? whenConstant : ValueOrigin.Computed;

    private static ValueOrigin? Join(ValueOrigin? left, ValueOrigin? right) =>
        left is null ? right : right is null ? left : (ValueOrigin)Math.Max((int)left, (int)right);

    /// <summary>A fixed place in the frame, where the compiler keeps a variable; not one whose address is taken.</summary>
    private bool IsSlot(string address) =>
        Slot().IsMatch(address) && !method.Code.Any(instruction => instruction.Mnemonic is "lea"
            && string.Equals(ListedInstruction.Address(instruction.Operands[1]), address, StringComparison.Ordinal));

    [GeneratedRegex(@"(?<term>[^+\-\s]+)", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Term();

    [GeneratedRegex(@"^r[bs]p[+-]0x[0-9A-Fa-f]+$", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Slot();
}
