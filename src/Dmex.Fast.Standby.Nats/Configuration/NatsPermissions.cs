using Dmex.Fast.Standby.Links;
using Dmex.Fast.Standby.Nats.Subjects;

namespace Dmex.Fast.Standby.Nats.Configuration;

/// <summary>What each role may publish and subscribe to: its own part of the protocol, and nothing else.</summary>
internal static class NatsPermissions
{
    public static IEnumerable<string> Publish(NatsStandbyRole role, string book)
    {
        var names = new NatsNames(book);
        var (channels, kinds) = Writes(role);
        var requests = Reads(names.Stream).Concat(role switch
        {
            NatsStandbyRole.Engine => [$"$JS.API.STREAM.CREATE.{names.Stream}", $"$JS.API.STREAM.PURGE.{names.Stream}"],
            NatsStandbyRole.Standby => [$"$JS.API.STREAM.PURGE.{names.Stream}"],
            _ => Array.Empty<string>(),
        });
        return channels.Select(names.LiveAll).Concat(kinds.Select(names.Durable)).Concat(requests);
    }

    public static IEnumerable<string> Subscribe(NatsStandbyRole role, string book)
    {
        var names = new NatsNames(book);
        return Listens(role).Select(names.LiveAll).Append(NatsNames.Inbox(role) + ".>");
    }

    private static (StandbyChannel[] Channels, StandbyStreamKind[] Kinds) Writes(NatsStandbyRole role) => role switch
    {
        NatsStandbyRole.Engine => (
            [StandbyChannel.Live, StandbyChannel.Beat],
            [StandbyStreamKind.Generation, StandbyStreamKind.Batch]),
        NatsStandbyRole.Standby => (
            [StandbyChannel.Acknowledgement, StandbyChannel.RepairRequest, StandbyChannel.Status, StandbyChannel.Report],
            [StandbyStreamKind.Fence, StandbyStreamKind.Snapshot]),
        NatsStandbyRole.Operator => ([StandbyChannel.Order], [StandbyStreamKind.Fence]),
        _ => throw new ArgumentOutOfRangeException(nameof(role), role, null),
    };

    private static StandbyChannel[] Listens(NatsStandbyRole role) => role switch
    {
        NatsStandbyRole.Engine => [
            StandbyChannel.Acknowledgement, StandbyChannel.RepairRequest, StandbyChannel.Status,
            StandbyChannel.Order, StandbyChannel.Report],
        NatsStandbyRole.Standby => [
            StandbyChannel.Live, StandbyChannel.Beat, StandbyChannel.Status, StandbyChannel.Order, StandbyChannel.Report],
        NatsStandbyRole.Operator => [StandbyChannel.Beat, StandbyChannel.Status, StandbyChannel.Report],
        _ => throw new ArgumentOutOfRangeException(nameof(role), role, null),
    };

    /// <summary>The requests by which a role reads the stream: its state, and a consumer of its own that acknowledges nothing.</summary>
    private static IEnumerable<string> Reads(string stream) =>
    [
        $"$JS.API.STREAM.INFO.{stream}",
        $"$JS.API.CONSUMER.CREATE.{stream}",
        $"$JS.API.CONSUMER.CREATE.{stream}.>",
        $"$JS.API.CONSUMER.DELETE.{stream}.>",
        $"$JS.API.CONSUMER.INFO.{stream}.>",
        $"$JS.API.CONSUMER.MSG.NEXT.{stream}.>",
    ];
}
