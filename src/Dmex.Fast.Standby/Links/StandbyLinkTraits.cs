namespace Dmex.Fast.Standby.Links;

/// <summary>What a link can promise; the logic asks these and never which link it is.</summary>
/// <param name="LiveWithoutQuorum">Live messages pass while the durable stream has no leader.</param>
/// <param name="Durable">Appended records outlive the engine and every standby.</param>
/// <param name="SingleWriter">An append names the last sequence that it expects, and fails when another came between.</param>
/// <param name="Servers">How many distinct servers can be witnesses; 0: none, and the trigger is the silence alone.</param>
public readonly record struct StandbyLinkTraits(bool LiveWithoutQuorum, bool Durable, bool SingleWriter, int Servers);
