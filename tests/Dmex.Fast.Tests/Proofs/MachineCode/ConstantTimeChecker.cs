namespace Dmex.Fast.Tests.Proofs.MachineCode;

/// <summary>
/// Reads a method's machine code for whatever could make its time depend on data. Jumps on a counter with constant or public
/// bounds, the stack's guard value and the check that a class is initialized pass; everything else is a finding, to be allowed by
/// name or not at all. cmov and setcc are no jumps.
/// </summary>
internal static class ConstantTimeChecker
{
    /// <summary>What the names of variable-time code have in them.</summary>
    public const string VariableTime = "VarTime";

    public static IReadOnlyList<ConstantTimeFinding> Check(ListedMethod method, IReadOnlyCollection<string> publicPlaces)
    {
        var findings = new List<ConstantTimeFinding>();
        var flow = new ValueFlow(method, publicPlaces);
        for (var i = 0; i < method.Code.Count; i++)
        {
            if (Judge(method, flow, i) is { } kind)
            {
                findings.Add(new ConstantTimeFinding(method.Name, kind, Describe(method, i)));
            }
        }

        return findings;
    }

    private static FindingKind? Judge(ListedMethod method, ValueFlow flow, int index)
    {
        var instruction = method.Code[index];
        if (instruction.IsCall)
        {
            return instruction.Callee.Contains(VariableTime, StringComparison.Ordinal) ? FindingKind.VariableTime
                : instruction.Callee.StartsWith("Dmex.Fast.Signing.", StringComparison.Ordinal) ? null
                : FindingKind.Call;
        }

        if (instruction.IsConditionalJump)
        {
            return IsHarmless(method, flow, index) ? null : FindingKind.Jump;
        }

        if (instruction.IsJump)
        {
            return ListedInstruction.Register(instruction.Target) is null && !instruction.Target.StartsWith('[') ? null
                : FindingKind.IndirectJump;
        }

        if (instruction.Mnemonic is "div" or "idiv" || instruction.Mnemonic.Contains("div", StringComparison.Ordinal)
            || instruction.Mnemonic.Contains("sqrt", StringComparison.Ordinal))
        {
            return FindingKind.Division;
        }

        return instruction.Mnemonic is "lea" or "nop" || instruction.Operands.All(operand => IsPlain(flow, operand, index)) ? null
            : FindingKind.Index;
    }

    private static bool IsPlain(ValueFlow flow, string operand, int index) =>
        ListedInstruction.Address(operand) is not { } address || flow.IsPlainAddress(address, index);

    private static bool IsHarmless(ListedMethod method, ValueFlow flow, int jump)
    {
        var compare = FlagsOf(method, jump);
        if (compare < 0)
        {
            return false;
        }

        // The guard value that the compiler keeps above a buffer on the stack: the way past the jump ends the process.
        var next = jump + 1 < method.Code.Count ? method.Code[jump + 1] : null;
        if (method.Code[jump].Mnemonic is "je" && next is { IsCall: true, Callee: "CORINFO_HELP_FAIL_FAST" })
        {
            return true;
        }

        var instruction = method.Code[compare];
        return IsClassCheck(instruction) || instruction.Operands.All(operand => flow.Of(operand, compare) == ValueOrigin.Constant);
    }

    /// <summary>The runtime's own flag, at a fixed address.</summary>
    private static bool IsClassCheck(ListedInstruction instruction) =>
        instruction is { Mnemonic: "test", Operands: [var flag, "1"] } && flag.Contains("(reloc", StringComparison.Ordinal);

    private static int FlagsOf(ListedMethod method, int jump)
    {
        var index = jump - 1;
        while (index >= 0 && !method.Code[index].SetsFlags)
        {
            index--;
        }

        return index;
    }

    private static string Describe(ListedMethod method, int index)
    {
        var compare = method.Code[index].IsConditionalJump ? FlagsOf(method, index) : -1;
        return compare < 0 ? method.Code[index].Text : $"{method.Code[compare].Text}; {method.Code[index].Text}";
    }
}
