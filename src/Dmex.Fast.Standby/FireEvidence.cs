namespace Dmex.Fast.Standby;

/// <summary>What a standby knew when it fired. An immutable value.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Generation">The engine's generation that it fenced.</param>
/// <param name="Silent">How long it had not heard the engine.</param>
/// <param name="Witnesses">How many distinct servers were witnesses.</param>
/// <param name="Servers">How many servers there are.</param>
public readonly record struct FireEvidence(FireReason Reason, uint Generation, TimeSpan Silent, int Witnesses, int Servers);
