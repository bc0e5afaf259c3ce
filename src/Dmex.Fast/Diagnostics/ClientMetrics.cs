using System.Diagnostics;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Diagnostics;

/// <summary>Counts what happens to one client, for listeners of <see cref="Instruments"/>. Thread-safe; allocates nothing.</summary>
internal sealed class ClientMetrics : IDisposable
{
    private static readonly string[] Outcomes = NamesOf<CancelOutcomeKind>();
    private static readonly string[] Replies = NamesOf<ReplyKind>();
    private static readonly string[] States = NamesOf<ConnectionState>();
    private static readonly string[] Losses = NamesOf<ConnectionLossKind>();

    private readonly Func<ClientGauges> _read;

    /// <param name="account">Names the client in every measurement; null for none.</param>
    /// <param name="read">Reads the client when metrics are collected, on the collector's thread.</param>
    public ClientMetrics(EthereumAddress? account, Func<ClientGauges> read)
    {
        _read = read;
        AccountTag = new KeyValuePair<string, object?>("dmex.account", account?.ToString());
    }

    public KeyValuePair<string, object?> AccountTag { get; }

    public static string NameOf(ConnectionState state) => States[(int)state];

    /// <summary>From now on the client may be read at any time: the last step of its constructor.</summary>
    public void Publish() => Instruments.Add(this);

    public ClientGauges Read() => _read();

    /// <summary>A caller is told the outcome of a cancel.</summary>
    /// <param name="outcome">With its times.</param>
    /// <param name="parent">The activity of the caller when it asked; the default without one.</param>
    public void Decided(in CancelOutcome outcome, in ActivityContext parent)
    {
        var kind = new KeyValuePair<string, object?>("dmex.cancel.outcome", Outcomes[(int)outcome.Kind]);
        if (Instruments.Cancels.Enabled)
        {
            Instruments.Cancels.Add(1, AccountTag, kind);
        }

        if (Instruments.CancelDuration.Enabled)
        {
            Instruments.CancelDuration.Record(Seconds(outcome.AcceptedTimestamp, outcome.ResolvedTimestamp), AccountTag, kind);
        }

        if (Instruments.SendDuration.Enabled && outcome.WrittenTimestamp >= outcome.AcceptedTimestamp)
        {
            Instruments.SendDuration.Record(Seconds(outcome.AcceptedTimestamp, outcome.WrittenTimestamp), AccountTag);
        }

        if (Instruments.Activities.HasListeners())
        {
            Trace(outcome, parent, kind);
        }
    }

    /// <summary>Copies were sent again.</summary>
    public void Resent(int copies)
    {
        if (copies > 0 && Instruments.Resends.Enabled)
        {
            Instruments.Resends.Add(copies, AccountTag);
        }
    }

    /// <summary>Outcomes changed after they had been reported.</summary>
    public void Corrected(int outcomes)
    {
        if (outcomes > 0 && Instruments.Corrections.Enabled)
        {
            Instruments.Corrections.Add(outcomes, AccountTag);
        }
    }

    /// <summary>The venue said something about an order.</summary>
    public void Replied(ReplyKind kind)
    {
        if (Instruments.Replies.Enabled)
        {
            Instruments.Replies.Add(1, AccountTag, new KeyValuePair<string, object?>("dmex.reply.kind", Replies[(int)kind]));
        }

        if (kind == ReplyKind.Throttled)
        {
            Throttled();
        }
    }

    /// <summary>The venue signaled a rate limit.</summary>
    public void Throttled()
    {
        if (Instruments.Throttles.Enabled)
        {
            Instruments.Throttles.Add(1, AccountTag);
        }
    }

    /// <summary>A connection became ready.</summary>
    public void Connected()
    {
        if (Instruments.Connects.Enabled)
        {
            Instruments.Connects.Add(1, AccountTag);
        }
    }

    /// <summary>A connection ended.</summary>
    public void Lost(ConnectionLossKind kind)
    {
        if (Instruments.Losses.Enabled)
        {
            Instruments.Losses.Add(1, AccountTag, new KeyValuePair<string, object?>("dmex.connection.loss", Losses[(int)kind]));
        }
    }

    /// <summary>A panic was reported.</summary>
    public void Panicked(int confirmed, int gone, int rejected, int unresolved, TimeSpan? lastByte)
    {
        if (Instruments.Panics.Enabled)
        {
            Instruments.Panics.Add(1, AccountTag);
        }

        if (Instruments.PanicOrders.Enabled)
        {
            Count(confirmed, CancelOutcomeKind.Confirmed);
            Count(gone, CancelOutcomeKind.AlreadyGone);
            Count(rejected, CancelOutcomeKind.Rejected);
            Count(unresolved, CancelOutcomeKind.Unresolved);
        }

        if (lastByte is { } last && Instruments.PanicSendDuration.Enabled)
        {
            Instruments.PanicSendDuration.Record(last.TotalSeconds, AccountTag);
        }
    }

    public void Dispose() => Instruments.Remove(this);

    private void Count(int orders, CancelOutcomeKind kind)
    {
        if (orders > 0)
        {
            Instruments.PanicOrders.Add(orders, AccountTag, new KeyValuePair<string, object?>("dmex.cancel.outcome", Outcomes[(int)kind]));
        }
    }

    /// <summary>
    /// An activity from the call to the outcome. It is made when it is over, so that nothing is carried along while it runs.
    /// </summary>
    private void Trace(in CancelOutcome outcome, in ActivityContext parent, KeyValuePair<string, object?> kind)
    {
        var now = Stopwatch.GetTimestamp();
        var start = DateTimeOffset.UtcNow - Stopwatch.GetElapsedTime(outcome.AcceptedTimestamp, now);
        using var activity = Instruments.Activities.StartActivity(
            "dmex.cancel", ActivityKind.Client, parent, [AccountTag, kind], links: null, start);
        if (activity is null)
        {
            return;
        }

        _ = activity.SetTag("dmex.cancel.attempts", outcome.Attempts).SetTag("dmex.connection.id", outcome.ConnectionId);
        if (outcome.Kind is CancelOutcomeKind.Rejected or CancelOutcomeKind.Unresolved)
        {
            _ = activity.SetStatus(ActivityStatusCode.Error, outcome.Kind.ToString());
        }

        _ = activity.SetEndTime((start + Stopwatch.GetElapsedTime(outcome.AcceptedTimestamp, outcome.ResolvedTimestamp)).UtcDateTime);
    }

    private static double Seconds(long from, long to) => Math.Max(0, Stopwatch.GetElapsedTime(from, to).TotalSeconds);

    /// <summary>The names of an enumeration's values in snake case, by value. Values that are not named are empty.</summary>
    private static string[] NamesOf<T>()
        where T : struct, Enum
    {
        var values = Enum.GetValues<T>();
        var names = new string[values.Max(value => Convert.ToInt32(value, System.Globalization.CultureInfo.InvariantCulture)) + 1];
        Array.Fill(names, string.Empty);
        foreach (var value in values)
        {
            var name = value.ToString();
            names[Convert.ToInt32(value, System.Globalization.CultureInfo.InvariantCulture)] = string.Concat(
                name.Select((c, i) => i > 0 && char.IsUpper(c) ? "_" + char.ToLowerInvariant(c) : char.ToLowerInvariant(c).ToString()));
        }

        return names;
    }
}
