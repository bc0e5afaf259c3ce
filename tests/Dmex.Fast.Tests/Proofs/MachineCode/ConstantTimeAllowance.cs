namespace Dmex.Fast.Tests.Proofs.MachineCode;

/// <summary>What a method may have of a kind of finding, and why that tells nothing of a secret.</summary>
/// <param name="Method">Part of the method's name, as the listing has it.</param>
/// <param name="Kind">The kind.</param>
/// <param name="Most">How many there may be in one compiled form of the method: one more fails.</param>
/// <param name="Reason">Why they are harmless.</param>
internal sealed record ConstantTimeAllowance(string Method, FindingKind Kind, int Most, string Reason)
{
    public bool Covers(ConstantTimeFinding finding) =>
        finding.Kind == Kind && finding.Method.Contains(Method, StringComparison.Ordinal);
}
