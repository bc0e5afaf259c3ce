namespace Dmex.Fast.Standby;

/// <summary>What a standby holds and would do. An immutable value.</summary>
/// <param name="Generation">The engine's generation that it guards; 0: none is known.</param>
/// <param name="Fenced">The highest fenced generation that it knows.</param>
/// <param name="FenceId">Of its first fence; 0: none.</param>
/// <param name="Orders">How many orders it holds.</param>
/// <param name="Orphans">How many of them a former generation armed and the present one does not name.</param>
/// <param name="Watermark">Every change of the generation up to this one is held.</param>
/// <param name="EngineHead">The latest change that the engine told.</param>
/// <param name="Silent">How long the engine has been silent.</param>
/// <param name="Witnesses">How many distinct servers were witnesses at the latest look.</param>
/// <param name="IsLoaded">Whether it has read the stream, so that it decides.</param>
/// <param name="CanFire">Whether a fire of its would go out.</param>
/// <param name="Stalls">How often this process was stopped itself.</param>
/// <param name="Refused">Messages that were forged, or of another kind, length or version.</param>
/// <param name="Invalid">
/// Records that were authentic and made no sense, signatures that are not the account's, and fires that failed.
/// </param>
/// <param name="WouldHaveFired">In a dry run: how often it would have fired.</param>
/// <param name="Evidence">What the latest fire, or would-be fire, was decided on.</param>
/// <param name="Unverified">How many of the orders have a signature that is not verified yet; they would be fired.</param>
/// <param name="InvalidSignatures">
/// How many of the orders have a signature that is not the account's; they would be fired, and the venue refuse the cancels.
/// </param>
/// <param name="FailedTurns">How many turns of its threads failed: <see cref="StandbyService.TurnFailed"/>.</param>
/// <param name="Datagrams">Authentic beats that came by UDP.</param>
public readonly record struct StandbyServiceState(
    uint Generation,
    uint Fenced,
    ulong FenceId,
    int Orders,
    int Orphans,
    ulong Watermark,
    ulong EngineHead,
    TimeSpan Silent,
    int Witnesses,
    bool IsLoaded,
    bool CanFire,
    int Stalls,
    long Refused,
    long Invalid,
    int WouldHaveFired,
    FireEvidence Evidence,
    int Unverified,
    int InvalidSignatures,
    long FailedTurns,
    long Datagrams);
