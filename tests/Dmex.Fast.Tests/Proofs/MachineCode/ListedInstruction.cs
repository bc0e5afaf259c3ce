using System.Globalization;
using System.Text.RegularExpressions;

namespace Dmex.Fast.Tests.Proofs.MachineCode;

/// <summary>One instruction of the JIT's listing, in Intel syntax.</summary>
internal sealed partial class ListedInstruction
{
    private static readonly string[] Families = ["ax", "bx", "cx", "dx", "si", "di", "bp", "sp"];
    private static readonly HashSet<string> NoFlags =
    [
        "mov", "movzx", "movsx", "movsxd", "movbe", "movsq", "lea", "push", "pop", "nop", "align", "call", "not", "bswap", "ret", "int3",
        "cdqe", "cdq", "mulx", "rorx", "shlx", "shrx", "sarx", "prefetcht0", "xchg",
    ];

    private static readonly HashSet<string> ReadOnly =
    [
        "cmp", "test", "push", "nop", "align", "ret", "int3", "bt", "prefetcht0", "lock",
    ];

    private static readonly Dictionary<string, string> Registers = MakeRegisters();

    private ListedInstruction(string text, string mnemonic, string operands)
    {
        Text = Spaces().Replace(text, " ");
        Mnemonic = mnemonic;
        Operands = SplitOperands(operands);
    }

    public string Text { get; }

    public string Mnemonic { get; }

    public IReadOnlyList<string> Operands { get; }

    public bool IsCall => Mnemonic is "call" or "tail.jmp";

    public bool IsConditionalJump => Mnemonic[0] == 'j' && Mnemonic is not "jmp";

    public bool IsJump => Mnemonic[0] == 'j';

    public bool SetsFlags =>
        Mnemonic is "vucomisd" or "vcomisd" or "vptest" or "ucomisd" || (Mnemonic[0] != 'v' && Mnemonic[0] != 'j' && Mnemonic[0] != 'k'
            && !NoFlags.Contains(Mnemonic) && !Mnemonic.StartsWith("set", StringComparison.Ordinal)
            && !Mnemonic.StartsWith("cmov", StringComparison.Ordinal) && !Mnemonic.StartsWith("movs", StringComparison.Ordinal));

    /// <summary>Where a jump goes: a label, or a number of instructions as in "-5 instr".</summary>
    public string Target => Operands[0].Replace("SHORT ", string.Empty, StringComparison.Ordinal);

    /// <summary>What is called or jumped to by name or through a register.</summary>
    public string Callee => string.Join(',', Operands).Trim('[', ']');

    public static ListedInstruction? TryParse(string line) =>
        Instruction().Match(line) is { Success: true } match
            ? new ListedInstruction(line.Trim(), match.Groups["mnemonic"].Value, match.Groups["operands"].Value)
            : null;

    /// <summary>The 64-bit name of a general register, or null.</summary>
    public static string? Register(string operand) => Registers.GetValueOrDefault(operand.Trim());

    public static bool IsImmediate(string operand) => operand.Length > 0 && (char.IsAsciiDigit(operand[0]) || operand[0] is '-' or '(');

    /// <summary>The general registers that the instruction writes; a call writes all that the System V convention does not keep.</summary>
    public IEnumerable<string> Writes()
    {
        if (IsCall)
        {
            return ["rax", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11"];
        }

        if (IsJump || ReadOnly.Contains(Mnemonic))
        {
            return [];
        }

        if (Mnemonic is "div" or "idiv" or "mul" or "cdq" or "cqo" || (Mnemonic is "imul" && Operands.Count == 1))
        {
            return ["rax", "rdx"];
        }

        if (Mnemonic is "cdqe")
        {
            return ["rax"];
        }

        var written = Mnemonic is "mulx" or "xchg" or "xadd" ? Operands.Take(2) : Operands.Take(1);
        return written.Select(Register).OfType<string>().Concat(Mnemonic is "cmpxchg" ? ["rax"] : []);
    }

    /// <summary>The text between the brackets of an operand that addresses memory; null where there is none, or a method's name.</summary>
    public static string? Address(string operand)
    {
        // A mask or broadcast in braces may follow.
        var open = operand.IndexOf('[', StringComparison.Ordinal);
        var close = operand.IndexOf(']', StringComparison.Ordinal);
        return open < 0 || close < open ? null : operand[(open + 1)..close].Trim();
    }

    private static List<string> SplitOperands(string operands)
    {
        var result = new List<string>();
        var depth = 0;
        var start = 0;
        for (var i = 0; i < operands.Length; i++)
        {
            depth += operands[i] switch { '[' or '(' or '{' => 1, ']' or ')' or '}' => -1, _ => 0 };
            if (operands[i] == ',' && depth == 0)
            {
                result.Add(operands[start..i].Trim());
                start = i + 1;
            }
        }

        if (operands.AsSpan(start).Trim().Length > 0)
        {
            result.Add(operands[start..].Trim());
        }

        return result;
    }

    private static Dictionary<string, string> MakeRegisters()
    {
        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var family in Families)
        {
            var wide = "r" + family;
            foreach (var name in new[] { wide, "e" + family, family, (family[1] == 'x' ? family[..1] : family) + "l", family[..1] + "h" })
            {
                map.TryAdd(name, wide);
            }
        }

        for (var number = 8; number < 32; number++)
        {
            var wide = "r" + number.ToString(CultureInfo.InvariantCulture);
            foreach (var suffix in new[] { string.Empty, "d", "w", "b" })
            {
                map.Add(wide + suffix, wide);
            }
        }

        return map;
    }

    [GeneratedRegex(
        @"^\s+(?:(?:lock|rep)\s+)?(?<mnemonic>[a-z][a-z0-9.]*)(?:\s+(?<operands>.*?))?\s*(?:;.*)?$", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Instruction();

    [GeneratedRegex(@"\s+", RegexOptions.None, 10_000)]
    private static partial Regex Spaces();
}
