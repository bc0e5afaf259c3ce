using System.Diagnostics;
using Dmex.Fast.Signing;
using Dmex.Fast.Venue;

namespace Dmex.Fast.Tests.EndToEnd.Chaos;

/// <summary>
/// Compares what the client said with what the venue did: nothing claimed that was not so when it was said, nothing lost,
/// nothing malformed, and no more copies than the limits allow.
/// </summary>
internal sealed class ChaosOracle
{
    private readonly ChaosPlan _plan;
    private readonly OrderHash[] _hashes;
    private readonly ChaosStory _story;
    private readonly ChaosVenue _venue;
    private readonly ChaosBookOracle? _book;
    private readonly long _connecting;
    private readonly int _inFlight;
    private readonly int _unreadable;
    private readonly ILookup<int, ChaosStatement> _statements;
    private readonly ILookup<int, ChaosWait> _waits;
    private readonly ILookup<int, VenueCancelRecord> _records;
    private readonly List<string> _problems = [];

    /// <param name="plan">What was planned.</param>
    /// <param name="hashes">The orders.</param>
    /// <param name="story">What the client said, up to its disposal.</param>
    /// <param name="book">The book and what its owner was told; null without one.</param>
    /// <param name="venue">The venue at the end.</param>
    /// <param name="records">Its transcript.</param>
    /// <param name="connecting">Before the client could send anything.</param>
    /// <param name="inFlight">What the client counted as unresolved just before it was disposed.</param>
    public ChaosOracle(
        ChaosPlan plan,
        OrderHash[] hashes,
        ChaosStory story,
        ChaosBook? book,
        ChaosVenue venue,
        IReadOnlyList<VenueCancelRecord> records,
        long connecting,
        int inFlight)
    {
        _plan = plan;
        _hashes = hashes;
        _story = story;
        _venue = venue;
        _connecting = connecting;
        _inFlight = inFlight;
        _statements = story.Statements();
        _waits = story.Waits.ToLookup(wait => wait.Order);
        _unreadable = records.Count(record => record.Hash is null);
        var orders = hashes.Select((hash, i) => (new VenueHash(hash.AsSpan()), i)).ToDictionary(pair => pair.Item1, pair => pair.i);
        _records = records.Where(record => record.Hash is not null).ToLookup(record => orders.GetValueOrDefault(record.Hash!.Value, -1));
        _book = book is null ? null : new ChaosBookOracle(plan, hashes, story, book, venue, _records);
    }

    public static bool IsResolved(in CancelOutcome outcome) => outcome.Kind != CancelOutcomeKind.Unresolved;

    /// <summary>Every difference, in words; none when the client told nothing but the truth and all of it.</summary>
    public IReadOnlyList<string> Judge()
    {
        _problems.AddRange(_story.Failures);
        _problems.AddRange(_book?.JudgeReports() ?? []);
        JudgeMessages();
        JudgeLosses();
        JudgeRate();
        for (var order = 0; order < _hashes.Length; order++)
        {
            JudgeWaits(order);
            JudgeStatements(order);
            JudgeEnd(order);
            JudgeCopies(order);
            if (_book?.Judge(order, wasAsked: _waits[order].Any()) is { } problem)
            {
                Blame(order, problem);
            }
        }

        JudgeCount();
        return _problems;
    }

    private void JudgeMessages()
    {
        if (_unreadable > 0)
        {
            _problems.Add($"The venue could read no order in {_unreadable} messages.");
        }

        if (_records[-1].Any())
        {
            _problems.Add($"{_records[-1].Count()} messages named orders that nobody asked about.");
        }

        foreach (var record in _records.SelectMany(group => group).Where(
            record => record.Verdict is VenueVerdict.Malformed or VenueVerdict.UnknownOperation or VenueVerdict.BadSignature))
        {
            _problems.Add($"The venue found a message wrong: {record}");
        }
    }

    private void JudgeLosses()
    {
        foreach (var loss in _story.Losses)
        {
            // The venue breaks connections, not the protocol; and it finds nothing wrong with ours.
            if (loss.Kind == ConnectionLossKind.ProtocolError || loss.CloseCode is 1002 or 1003 or 1007 or 1009)
            {
                _problems.Add($"A connection ended for a breach of the protocol: {loss}");
            }
        }
    }

    /// <summary>Each call ended once, and not before its time.</summary>
    private void JudgeWaits(int order)
    {
        foreach (var wait in _waits[order])
        {
            if (wait.Task.IsFaulted)
            {
                Blame(order, $"a call failed: {wait.Task.Exception}");
            }
            else if (wait.Task.IsCompletedSuccessfully
                && wait.Task.Result is { Kind: CancelOutcomeKind.Unresolved, UnresolvedReason: UnresolvedReason.Deadline } outcome
                && (wait.TimeoutMilliseconds < 0
                    || Stopwatch.GetElapsedTime(wait.Begun, outcome.ResolvedTimestamp) < TimeSpan.FromMilliseconds(
                        wait.TimeoutMilliseconds)))
            {
                Blame(order, $"a deadline of {wait.TimeoutMilliseconds} ms came before its time: {outcome}");
            }
        }
    }

    private void JudgeStatements(int order)
    {
        foreach (var statement in _statements[order])
        {
            if (!IsTrue(order, statement.Outcome))
            {
                Blame(order, $"claimed what was not so: {statement}");
            }

            if (IsResolved(statement.Outcome) && _plan.Ending is not (ChaosEnding.Heals or ChaosEnding.HealsWithoutErrorHashes))
            {
                Blame(order, $"claimed something of a venue that said nothing: {statement}");
            }

            if (statement.Previous is { } previous && !FollowsFrom(order, previous, statement.Outcome))
            {
                Blame(order, $"an event with a previous outcome that nobody was told, or a weaker one: {statement}");
            }
        }
    }

    /// <summary>Whether the venue had done, and said, what the outcome claims before the client claimed it.</summary>
    private bool IsTrue(int order, in CancelOutcome outcome)
    {
        var said = outcome.ResolvedTimestamp;
        return (outcome.Kind, outcome.GoneReason) switch
        {
            (CancelOutcomeKind.Confirmed, GoneReason.None) =>
                IsOnRecord(order, VenueVerdict.Confirmed, said) || WasCanceledByOperator(order, said),
            (CancelOutcomeKind.AlreadyGone, GoneReason.Filled) =>
                _venue.State(order) == VenueOrderState.Filled && IsOnRecord(order, VenueVerdict.NotOpen, said),
            (CancelOutcomeKind.AlreadyGone, GoneReason.Canceled) =>
                _venue.State(order) == VenueOrderState.Canceled && IsOnRecord(order, VenueVerdict.NotOpen, said),
            (CancelOutcomeKind.AlreadyGone, GoneReason.NotFound) => IsOnRecord(order, VenueVerdict.OrderNotFound, said),
            (CancelOutcomeKind.Rejected, GoneReason.None) => IsOnRecord(order, VenueVerdict.NotOwner, said),
            (CancelOutcomeKind.Unresolved, GoneReason.None) => outcome.UnresolvedReason switch
            {
                UnresolvedReason.None => false,
                UnresolvedReason.Throttled => IsOnRecord(order, VenueVerdict.RateLimited, said),
                UnresolvedReason.Busy => IsOnRecord(order, VenueVerdict.Busy, said),
                UnresolvedReason.Abandoned => _plan.Abandoned.Contains(order) || _book?.WasForgotten(order) == true,
                _ => true,
            },
            _ => false,
        };
    }

    private bool IsOnRecord(int order, VenueVerdict verdict, long before) => _records[order].Any(record =>
        record.Verdict == verdict && record.RepliedTimestamp != 0 && record.RepliedTimestamp <= before);

    private bool WasCanceledByOperator(int order, long before) =>
        _plan.Venue.PushOrderEvents && _venue.OperatorCancels.TryGetValue(order, out var at) && at <= before;

    private bool FollowsFrom(int order, CancelOutcome previous, CancelOutcome current)
    {
        var wasTold = previous.UnresolvedReason == UnresolvedReason.WaitCanceled
            ? _waits[order].Any(wait => wait.Task.IsCanceled)
            : _statements[order].Any(statement => statement.Outcome == previous);
        return (wasTold || MayFire(order)) // or a panic's report has told of it
            && previous.AcceptedTimestamp == current.AcceptedTimestamp
            && (current.Kind > previous.Kind
                || (previous.GoneReason == GoneReason.NotFound && current.Kind == previous.Kind
                && current.GoneReason != GoneReason.NotFound)
                || current.UnresolvedReason == UnresolvedReason.Disposed);
    }

    /// <summary>Nothing is lost: each accepted cancel is resolved, or said at the end not to be.</summary>
    private void JudgeEnd(int order)
    {
        var waits = _waits[order].ToArray();
        if (waits.Length > 0
            && waits.All(wait => wait.Task is { IsCompletedSuccessfully: true, Result.UnresolvedReason: UnresolvedReason.TableFull }))
        {
            if (_records[order].Any() && !MayFire(order))
            {
                Blame(order, "was refused for want of room, and sent all the same.");
            }

            return;
        }

        var wasGivenUp = _story.Abandoned.Contains(order) || _book?.WasForgotten(order) == true;
        foreach (var cancel in Cancels(order))
        {
            var isResolved = cancel.Any(statement => IsResolved(statement.Outcome));
            var wasReported = cancel.Any(statement => statement.Outcome.UnresolvedReason == UnresolvedReason.Disposed);
            if (isResolved == wasReported && !wasGivenUp)
            {
                Blame(order, $"accepted at {cancel.Key}: must be either resolved or, at the end, said not to be.");
            }

            if (!isResolved && !wasGivenUp && _plan.Ending == ChaosEnding.Heals)
            {
                Blame(order, "not resolved, although the faults healed.");
            }
        }

        // A call whose token ended it says nothing of its own; another statement must tell of the order.
        if (waits.Any(wait => wait.Task.IsCanceled) && !Cancels(order).Any() && !wasGivenUp)
        {
            Blame(order, "nothing was ever said of it.");
        }

        var wasNeverThere = _statements[order].Any(statement => statement.Outcome.GoneReason == GoneReason.NotFound);
        if (_plan.Heals && Cancels(order).Any() && _plan.Orders[order] != ChaosOrderKind.OfAnother
            && _venue.State(order) == VenueOrderState.Open && !wasNeverThere && !wasGivenUp)
        {
            Blame(order, "still open at the venue.");
        }
    }

    /// <summary>What was said of an order, by the cancel that it was said of: asked again after it was resolved, it is a new one.</summary>
    private IEnumerable<IGrouping<long, ChaosStatement>> Cancels(int order) => _statements[order]
        .Where(statement => statement.Outcome.UnresolvedReason != UnresolvedReason.TableFull)
        .GroupBy(statement => statement.Outcome.AcceptedTimestamp);

    /// <summary>
    /// Each call allows a number of copies, each lost connection one more; where all connections get a copy, that many times
    /// as many.
    /// </summary>
    private void JudgeCopies(int order)
    {
        if (MayFire(order))
        {
            return; // a panic goes on for as long as anything is unresolved
        }

        var calls = _waits[order].Count();
        var bound = ((calls * (1 + _plan.MaxResendsPerOrder)) + _story.Losses.Count())
            * (_plan.Policy == ConnectionPolicy.Broadcast ? _plan.Connections : 1);
        if (_records[order].Count() > bound)
        {
            Blame(order, $"{_records[order].Count()} copies, and {bound} are allowed.");
        }
    }

    /// <summary>
    /// By any time the venue has received no more than the account's rate allows since before the client connected. That holds however
    /// long messages were under way, since none is received before it is sent.
    /// </summary>
    private void JudgeRate()
    {
        if (_plan.Budget is not { } budget || _plan.Book is { KeepsToRate: false })
        {
            return;
        }

        long received = 0;
        foreach (var at in _records.SelectMany(group => group).Select(record => record.ReceivedTimestamp).Order())
        {
            received++;
            var seconds = Stopwatch.GetElapsedTime(_connecting, at).TotalSeconds;
            if (received > budget.Burst + budget.PanicReserve + (budget.FramesPerSecond * seconds) + 1)
            {
                _problems.Add($"{received} cancels within {seconds:0.000} s, and the rate allows {budget.FramesPerSecond} a second.");
                return;
            }
        }
    }

    private bool MayFire(int order) => _book?.MayFire(order) == true;

    private void JudgeCount()
    {
        if (_plan.Ending == ChaosEnding.Heals)
        {
            if (_inFlight != 0)
            {
                _problems.Add($"{_inFlight} in flight at the end.");
            }

            return;
        }

        var unresolved = Enumerable.Range(0, _hashes.Length).Count(order =>
            _statements[order].Any(statement => statement.Outcome.UnresolvedReason == UnresolvedReason.Disposed));

        // With a venue that answers, the last answers may come between the count and the end.
        if (_inFlight < unresolved || (_inFlight > unresolved && !_plan.Heals && _book is null))
        {
            _problems.Add($"{_inFlight} in flight at the end, and {unresolved} were reported as unresolved.");
        }
    }

    private void Blame(int order, string what)
    {
        if (_problems.Count < 5)
        {
            var said = string.Join("; ", _statements[order]);
            var done = string.Join("; ", _records[order].Select(record =>
                $"{record.Verdict} on {record.ConnectionId} ({record.ReceivedTimestamp}, {record.DecidedTimestamp}, "
                + $"{record.RepliedTimestamp})"));
            _problems.Add($"order {order} ({_plan.Orders[order]}, {_venue.State(order)?.ToString() ?? "not known"}): {what}\n      said: {said}\n      done: {done}");
        }
    }
}
