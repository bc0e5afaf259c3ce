using Dmex.Fast.Standby.Links;

namespace Dmex.Fast.Standby.Sealing;

/// <summary>Which messages go over which channel, and into which records of the stream. Stateless.</summary>
internal static class SealedKinds
{
    /// <summary>What a channel carries.</summary>
    public static SealedKind Of(StandbyChannel channel) => channel switch
    {
        StandbyChannel.Live => SealedKind.Live,
        StandbyChannel.Beat => SealedKind.Beat,
        StandbyChannel.Acknowledgement => SealedKind.Acknowledgement,
        StandbyChannel.RepairRequest => SealedKind.RepairRequest,
        StandbyChannel.Status => SealedKind.Status,
        StandbyChannel.Order => SealedKind.Order,
        _ => SealedKind.Report,
    };

    /// <summary>What a record of the stream holds.</summary>
    public static SealedKind Of(StandbyStreamKind kind) => kind switch
    {
        StandbyStreamKind.Generation => SealedKind.Generation,
        StandbyStreamKind.Batch => SealedKind.Batch,
        StandbyStreamKind.Fence => SealedKind.Fence,
        _ => SealedKind.Snapshot,
    };
}
