namespace Dmex.Fast.Tests.Proofs.MachineCode;

/// <summary>What may take a time or touch an address that depends on data.</summary>
internal enum FindingKind
{
    /// <summary>A conditional jump on something else than a loop's counter against a constant.</summary>
    Jump,

    /// <summary>A jump through a register: a table of cases.</summary>
    IndirectJump,

    /// <summary>Memory at an address with an index, or a base, that was computed from data.</summary>
    Index,

    /// <summary>A division or a square root, whose time depends on the operands.</summary>
    Division,

    /// <summary>A call out of the library.</summary>
    Call,

    /// <summary>A call of code that is written to take a time that depends on its input.</summary>
    VariableTime,
}

/// <summary>One place in a method's machine code that constant-time code does not have without a reason.</summary>
internal sealed record ConstantTimeFinding(string Method, FindingKind Kind, string Code);
