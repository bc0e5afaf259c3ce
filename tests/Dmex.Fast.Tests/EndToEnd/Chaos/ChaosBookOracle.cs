using Dmex.Fast.Signing;
using Dmex.Fast.Venue;

namespace Dmex.Fast.Tests.EndToEnd.Chaos;

/// <summary>
/// Compares what the owner of a book was told with what the venue did: what was disarmed or never fired was not sent, what a panic or
/// a latch covered was, reports add up and claim nothing, and the book lets go of nothing that may be open.
/// </summary>
internal sealed class ChaosBookOracle
{
    private readonly ChaosPlan _plan;
    private readonly OrderHash[] _hashes;
    private readonly ChaosStory _story;
    private readonly ChaosBook _book;
    private readonly ChaosVenue _venue;
    private readonly ILookup<int, VenueCancelRecord> _records;
    private readonly Dictionary<int, List<ChaosBookStay>> _stays;

    public ChaosBookOracle(
        ChaosPlan plan, OrderHash[] hashes, ChaosStory story, ChaosBook book, ChaosVenue venue, ILookup<int, VenueCancelRecord> records)
    {
        _plan = plan;
        _hashes = hashes;
        _story = story;
        _book = book;
        _venue = venue;
        _records = records;
        _stays = plan.Book!.Orders.ToDictionary(order => order, order => ChaosBookStay.Of(book.Calls[order]));
    }

    public bool Holds(int order) => _stays.ContainsKey(order);

    public bool MayFire(int order) => _stays.TryGetValue(order, out var stays) && stays.Exists(stay => stay.MayFire(_book.Panics));

    public bool WasForgotten(int order) =>
        _stays.TryGetValue(order, out var stays) && stays.Exists(stay => stay.EndedBy == ChaosBookDeed.Forget);

    /// <summary>What is wrong with an order; null when nothing is.</summary>
    /// <param name="order">Armed at some time, perhaps.</param>
    /// <param name="wasAsked">Whether a caller canceled it too.</param>
    public string? Judge(int order, bool wasAsked) => !Holds(order) ? null
        : JudgeLatch(order)
        ?? (wasAsked ? null : JudgeSent(order))
        ?? JudgeFired(order)
        ?? JudgeGone(order);

    public IEnumerable<string> JudgeReports() => _book.Panics.SelectMany(Judge);

    /// <summary>Nothing is sent before a panic may have fired it, and what was disarmed is not sent at all.</summary>
    private string? JudgeSent(int order)
    {
        if (!_records[order].Any())
        {
            return null;
        }

        var firing = _stays[order].Where(stay => stay.MayFire(_book.Panics)).ToArray();
        return firing.Length == 0 ? "was sent, although no panic covered it while it was armed."
            : _records[order].Any(record => record.ReceivedTimestamp < firing[0].Begun) ? "was sent before it was armed to be fired."
            : null;
    }

    /// <summary>An order that is armed under a latch is fired or refused; without a panic there is no latch.</summary>
    private string? JudgeLatch(int order)
    {
        foreach (var call in _book.Calls[order].Where(call => call.Step.Deed == ChaosBookDeed.Arm))
        {
            var isLatched = _book.Panics.Any(panic => panic.Scope.Contains(call.Step.Tag) && panic.Ended <= call.Begun
                && !_book.Resets.Any(reset => reset.Ended >= panic.Begun && reset.Begun <= call.Ended));
            if (isLatched && call.Armed is ArmResult.Armed or ArmResult.Updated or ArmResult.AlreadyArmed)
            {
                return $"was {call.Armed} at {call.Begun}, under a latch.";
            }

            if (call.Armed is ArmResult.FiredByLatch or ArmResult.RefusedByLatch && !_book.Panics.Any(panic => panic.Begun <= call.Ended))
            {
                return $"was {call.Armed} at {call.Begun}, before any panic.";
            }
        }

        return null;
    }

    /// <summary>What a panic covered, or a latch met, is closed in the end; only its owner ever takes it back.</summary>
    private string? JudgeFired(int order)
    {
        if (!_plan.Heals || _story.Abandoned.Contains(order) || _stays[order] is not [.., var last] || !last.MustFire(_book.Panics))
        {
            return null;
        }


        var kind = _plan.Orders[order];
        var left = _book.AtEnd.TryGetValue(_hashes[order], out var found) ? found.State : (BookOrderState?)null;
        if (_plan.Ending == ChaosEnding.Heals && left is { } state
            && (state, kind) is not (BookOrderState.Rejected, ChaosOrderKind.OfAnother))
        {
            return $"is {state} in the book, although a panic covered it and the faults healed.";
        }

        var wasUnknown = _records[order].Any(record => record.Verdict == VenueVerdict.OrderNotFound);
        return kind != ChaosOrderKind.OfAnother && _venue.State(order) == VenueOrderState.Open && !wasUnknown
            ? "is open at the venue, although a panic covered it."
            : null;
    }

    /// <summary>An order that left the book by itself is closed, or the venue said that it did not know it.</summary>
    private string? JudgeGone(int order)
    {
        if (_stays[order] is not [.., { EndedBy: null }] || _book.AtEnd.ContainsKey(_hashes[order]))
        {
            return null;
        }

        return _venue.State(order) is VenueOrderState.Canceled or VenueOrderState.Filled || HasReply(order, VenueVerdict.OrderNotFound)
            ? null
            : "left the book, although it is open at the venue.";
    }

    private IEnumerable<string> Judge(ChaosPanic panic)
    {
        if (!panic.Report.IsCompletedSuccessfully)
        {
            return [$"A panic over {panic.Scope} gave no report: {panic.Report.Exception?.ToString() ?? panic.Report.Status.ToString()}"];
        }

        var report = panic.Report.Result;
        var covered = _stays.Where(pair => pair.Value.Exists(stay => stay.MetLatch || stay.IsCovered(panic.Scope))).ToArray();
        var hashes = covered.Select(pair => _hashes[pair.Key]).ToHashSet();
        var unresolved = report.UnresolvedOrders ?? [];

        // Each stay in the book is counted once.
        int Known(params ReadOnlySpan<VenueVerdict> verdicts)
        {
            var known = 0;
            foreach (var (order, stays) in covered)
            {
                known += HasReply(order, verdicts) || _venue.OperatorCancels.ContainsKey(order)
                    || _venue.State(order) == VenueOrderState.Filled
                    ? stays.Count
                    : 0;
            }

            return known;
        }

        (bool IsTrue, string Claim)[] claims =
        [
            (report.Orders == report.Confirmed + report.AlreadyGone + report.NotFound + report.Rejected + report.Unresolved + report.Left,
            "adds up"),
            (report.Orders <= covered.Sum(pair => pair.Value.Count), "counts the orders of its scope"),
            (report.Written <= report.Orders, "wrote its orders"),
            (unresolved.Count == report.Unresolved && unresolved.Distinct().Count() == unresolved.Count && unresolved.All(hashes.Contains),
            "lists what is unresolved"),
            (report.Confirmed <= Known(VenueVerdict.Confirmed), "confirmed what the venue canceled"),
            (report.AlreadyGone <= Known(VenueVerdict.NotOpen, VenueVerdict.OrderNotFound), "knows what was gone"),
            (report.NotFound <= Known(VenueVerdict.OrderNotFound), "knows what was not found"),
            (report.Rejected <= Known(VenueVerdict.NotOwner), "knows what was refused"),
            (_plan.Heals || report.Confirmed + report.AlreadyGone + report.NotFound + report.Rejected == 0,
            "claims nothing of a venue that said nothing"),
        ];
        return claims.Where(claim => !claim.IsTrue).Select(claim => $"It is not so that a report {claim.Claim}: {panic.Scope}, {report}");
    }

    private bool HasReply(int order, params ReadOnlySpan<VenueVerdict> verdicts)
    {
        foreach (var record in _records[order])
        {
            if (record.RepliedTimestamp != 0 && verdicts.Contains(record.Verdict))
            {
                return true;
            }
        }

        return false;
    }
}
