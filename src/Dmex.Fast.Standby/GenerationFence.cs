namespace Dmex.Fast.Standby;

/// <summary>A fence: who fired a generation, and why. An immutable value.</summary>
/// <param name="Id">Random; a resume names it.</param>
/// <param name="Generation">This one and all lower ones are fenced.</param>
/// <param name="By">The name of the standby, or of the operator's command.</param>
/// <param name="At">By the clock of the host that wrote it.</param>
/// <param name="Evidence">What it knew.</param>
public sealed record GenerationFence(ulong Id, uint Generation, string By, DateTimeOffset At, FireEvidence Evidence);
