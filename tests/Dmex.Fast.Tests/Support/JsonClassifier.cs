using System.Text;
using System.Text.Json;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Tests.Support;

/// <summary>A classifier of a user's own, by System.Text.Json, for the seam.</summary>
internal sealed class JsonClassifier : IReplyClassifier
{
    public ReplySummary Classify(ReadOnlySpan<byte> message, IReplySink sink)
    {
        try
        {
            using var json = JsonDocument.Parse(message.ToArray());
            var root = json.RootElement;
            if (!root.TryGetProperty("data", out var data) || !data.TryGetProperty("order_hash", out var hash))
            {
                return new ReplySummary { Signal = ReplySignal.Unrecognized };
            }

            var error = root.TryGetProperty("error", out var text) ? text.GetString()! : string.Empty;
            var kind = error.Contains("rate", StringComparison.Ordinal) ? ReplyKind.Throttled
                : error.Contains("not open", StringComparison.Ordinal) || error.Contains("not found", StringComparison.Ordinal)
                ? ReplyKind.Gone
                : error.Length > 0 ? ReplyKind.Rejected
                : root.TryGetProperty("status", out var status) && status.ValueEquals("canceled"u8) ? ReplyKind.Confirmed
                : ReplyKind.None;
            if (kind == ReplyKind.None)
            {
                return new ReplySummary { Signal = ReplySignal.Unrecognized };
            }

            _ = sink.OnReply(new Reply
            {
                Hash = OrderHash.Parse(hash.GetString()!),
                Kind = kind,
                Gone = kind != ReplyKind.Gone ? GoneReason.None
                    : error.Contains("found", StringComparison.Ordinal) ? GoneReason.NotFound : GoneReason.Unspecified,
                ReasonOffset = error.Length > 0 ? message.IndexOf(Encoding.UTF8.GetBytes(error)) : 0,
                ReasonLength = error.Length,
            });
            return new ReplySummary { Count = 1 };
        }
        catch (JsonException)
        {
            return new ReplySummary { Signal = ReplySignal.Unrecognized };
        }
    }
}
