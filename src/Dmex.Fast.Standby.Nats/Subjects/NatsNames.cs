using Dmex.Fast.Standby.Links;

namespace Dmex.Fast.Standby.Nats.Subjects;

/// <summary>The subjects and the stream of a book, in one place: the link uses them, and the cluster's configuration allows them.</summary>
internal sealed class NatsNames(string book)
{
    internal const int MaxLength = 32;

    /// <summary>The stream that keeps the book.</summary>
    public string Stream { get; } = "DMEX_" + book;

    /// <summary>The subjects that the stream keeps.</summary>
    public string StreamSubjects { get; } = $"dmex.{book}.stream.>";

    public static bool IsName(string? name) =>
        name is { Length: > 0 and <= MaxLength } && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');

    /// <summary>Where a role's replies go; a role may listen to its own alone.</summary>
    public static string Inbox(NatsStandbyRole role) => "_INBOX_" + Name(role);

    public static string Name(NatsStandbyRole role) => role switch
    {
        NatsStandbyRole.Engine => "engine",
        NatsStandbyRole.Standby => "standby",
        NatsStandbyRole.Operator => "operator",
        _ => throw new ArgumentOutOfRangeException(nameof(role), role, null),
    };

    /// <summary>A channel on one path: the paths are lettered by the servers' order, so that a message passes one server alone.</summary>
    public string Live(StandbyChannel channel, int path) => $"dmex.{book}.{Name(channel)}.{(char)('a' + path)}";

    /// <summary>A channel on every path.</summary>
    public string LiveAll(StandbyChannel channel) => $"dmex.{book}.{Name(channel)}.*";

    public string Durable(StandbyStreamKind kind) => $"dmex.{book}.stream.{Name(kind)}";

    /// <returns>False: the subject is of no kind that this version knows.</returns>
    public static bool TryGetKind(string subject, out StandbyStreamKind kind)
    {
        (var known, kind) = subject.AsSpan(subject.LastIndexOf('.') + 1) switch
        {
            "generation" => (true, StandbyStreamKind.Generation),
            "batch" => (true, StandbyStreamKind.Batch),
            "fence" => (true, StandbyStreamKind.Fence),
            "snapshot" => (true, StandbyStreamKind.Snapshot),
            _ => (false, default),
        };
        return known;
    }

    private static string Name(StandbyChannel channel) => channel switch
    {
        StandbyChannel.Live => "live",
        StandbyChannel.Beat => "beat",
        StandbyChannel.Acknowledgement => "ack",
        StandbyChannel.RepairRequest => "repair",
        StandbyChannel.Status => "status",
        StandbyChannel.Order => "order",
        StandbyChannel.Report => "report",
        _ => throw new ArgumentOutOfRangeException(nameof(channel), channel, null),
    };

    private static string Name(StandbyStreamKind kind) => kind switch
    {
        StandbyStreamKind.Generation => "generation",
        StandbyStreamKind.Batch => "batch",
        StandbyStreamKind.Fence => "fence",
        StandbyStreamKind.Snapshot => "snapshot",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };
}
