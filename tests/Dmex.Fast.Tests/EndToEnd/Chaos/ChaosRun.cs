using System.Diagnostics;
using Dmex.Fast.Signing;
using Dmex.Fast.Tests.Support;
using Dmex.Fast.Venue;

namespace Dmex.Fast.Tests.EndToEnd.Chaos;

/// <summary>What came of a scenario.</summary>
/// <param name="Plan">The scenario.</param>
/// <param name="Problems">Empty when the client told nothing but the truth, and all of it.</param>
/// <param name="Cancels">Calls.</param>
/// <param name="Messages">Messages that the venue received.</param>
/// <param name="Losses">Connections that ended.</param>
/// <param name="Settling">From the healing of the faults until all was resolved.</param>
internal sealed record ChaosResult(
    ChaosPlan Plan, IReadOnlyList<string> Problems, int Cancels, int Messages, int Losses, TimeSpan Settling);

/// <summary>Plays one scenario: a client, a venue, what goes wrong with it, and the callers.</summary>
internal sealed class ChaosRun
{
    private static readonly TimeSpan SettlingPatience = Wait.Long * 0.6;
    private static readonly TimeSpan AskAgainEvery = TimeSpan.FromMilliseconds(400);

    // With a limited venue, no more than it takes at once: asking is sending, on every connection perhaps.
    private int AskAgainAtMost => Math.Clamp((_plan.Venue.RateLimit?.Burst ?? 50) / _plan.Connections, 1, 50);

    private readonly ChaosPlan _plan;
    private readonly OrderHash[] _hashes;
    private readonly ChaosStory _story;
    private readonly List<string> _problems = [];
    private readonly int[] _asksAgain;
    private ChaosBook? _book;
    private List<int>? _fired;

    private ChaosRun(ChaosPlan plan)
    {
        _plan = plan;
        var random = new Random(~plan.Seed);
        _hashes = new OrderHash[plan.Orders.Length];
        Span<byte> bytes = stackalloc byte[OrderHash.Size];
        foreach (ref var hash in _hashes.AsSpan())
        {
            random.NextBytes(bytes);
            hash = new OrderHash(bytes);
        }

        _asksAgain = new int[_hashes.Length];
        _story = new ChaosStory(_hashes);
    }

    public static Task<ChaosResult> PlayAsync(ChaosPlan plan) => new ChaosRun(plan).PlayAsync();

    /// <summary>Runs on a thread of its own.</summary>
    public static Task OnThread(Action body)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            try
            {
                body();
                done.SetResult();
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        })
        {
            IsBackground = true,
        };
        thread.Start();
        return done.Task;
    }

    /// <summary>Blocks until a time after the start.</summary>
    public static void SleepUntil(long start, int milliseconds)
    {
        var left = TimeSpan.FromMilliseconds(milliseconds) - Stopwatch.GetElapsedTime(start);
        if (left > TimeSpan.Zero)
        {
            Thread.Sleep(left);
        }
    }

    private async Task<ChaosResult> PlayAsync()
    {
        using var key = TestClient.Key();
        await using var venue = await ChaosVenue.StartAsync(_plan.Venue, _hashes, key.Address);
        for (var order = 0; order < _hashes.Length; order++)
        {
            if (_plan.Orders[order] is ChaosOrderKind.Ours or ChaosOrderKind.OfAnother)
            {
                venue.Open(order, _plan.Orders[order] == ChaosOrderKind.OfAnother);
            }
        }

        using var book = _book = _plan.Book is { } planned ? new ChaosBook(planned, _hashes, venue.Current.Url, key) : null;
        book?.Prepare();
        var connecting = Stopwatch.GetTimestamp();
        var client = await DmexClient.ConnectAsync(Options(venue.Current), key);
        TimeSpan settling;
        int inFlight;
        try
        {
            _story.Listen(client);
            var start = Stopwatch.GetTimestamp();
            Task[] callers =
            [
                .. _plan.Asks.Select(asks => StartCaller(client, asks, start)),
                book?.ArmAsync(start) ?? Task.CompletedTask,
                book?.PanicAsync(client, start) ?? Task.CompletedTask,
            ];
            await GoWrongAsync(venue, start);
            await Task.WhenAll(callers);
            settling = await SettleAsync(client, venue);
            inFlight = client.InFlight;
        }
        finally
        {
            await client.DisposeAsync();
        }

        await EndOfWaitsAsync();
        _problems.AddRange(book?.End() ?? []);
        if (client.DroppedNotices > 0)
        {
            _problems.Add($"{client.DroppedNotices} notices were dropped.");
        }

        var (records, violations) = await venue.AccountAsync();
        var oracle = new ChaosOracle(_plan, _hashes, _story, book, venue, records, connecting, inFlight);
        _problems.AddRange(oracle.Judge());
        if (violations > 0)
        {
            _problems.Add($"{violations} signatures were wrong.");
        }

        return new ChaosResult(_plan, _problems, _story.Waits.Count(), records.Count, _story.Losses.Count(), settling);
    }

    private DmexClientOptions Options(SimulatedVenue venue)
    {
        var options = new DmexClientOptions
        {
            Endpoint = venue.Url,
            Connections = _plan.Connections,
            Policy = _plan.Policy,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            CloseTimeout = TimeSpan.FromSeconds(_plan.Ending == ChaosEnding.StaysHalfOpen ? 2 : 5),
            Retry =
            {
                AckTimeout = TimeSpan.FromMilliseconds(50),
                NotFoundGrace = TimeSpan.FromMilliseconds(200),
                MaxResendsPerOrder = _plan.MaxResendsPerOrder,
                MaxResendsPerSecond = _plan.MaxResendsPerSecond,
            },
            Liveness = { PingInterval = TimeSpan.FromMilliseconds(50), PongTimeout = TimeSpan.FromMilliseconds(_plan.PongMilliseconds) },
            Reconnect = { Delay = TimeSpan.FromMilliseconds(5), MaxDelay = TimeSpan.FromMilliseconds(100) },
            Limits = { SendBufferSize = _plan.SendBufferSize, InFlightCapacity = _plan.InFlightCapacity },
            RateBudget = _plan.Budget,
            Book = _book?.Book,
        };
        options.Transport.SendBufferSize = _plan.SocketBufferSize;
        options.Transport.TrustRoots = venue.Certificate is { } certificate ? TestCertificates.Roots(certificate) : null;
        return options;
    }

    /// <summary>The client is gone: nobody waits any longer.</summary>
    private async Task EndOfWaitsAsync()
    {
        Task[] waits = [.. _story.Waits.Select(wait => wait.Task), .. _book?.Panics.Select(panic => panic.Report) ?? []];
        var ends = Task.WhenAll(waits.Select(wait => wait.ContinueWith(_ => { }, TaskScheduler.Default)));
        if (await Task.WhenAny(ends, Task.Delay(Wait.Long)) != ends)
        {
            _problems.Add($"{waits.Count(wait => !wait.IsCompleted)} calls never returned.");
        }
    }

    private async Task GoWrongAsync(ChaosVenue venue, long start)
    {
        foreach (var step in _plan.Steps)
        {
            await Until(start, step.AtMilliseconds);
            await venue.DoAsync(step);
        }
    }

    private Task StartCaller(DmexClient client, ChaosAsk[] asks, long start) => OnThread(() =>
    {
        foreach (var ask in asks)
        {
            SleepUntil(start, ask.AtMilliseconds);
            Ask(client, ask);
        }
    });

    private void Ask(DmexClient client, ChaosAsk ask)
    {
        // Never disposed: it may still be due when the client is gone, which is part of what is tried.
        var token = ask.TokenMilliseconds >= 0 ? new CancellationTokenSource() : null;
        var begun = Stopwatch.GetTimestamp();
        var timeout = TimeSpan.FromMilliseconds(ask.TimeoutMilliseconds);
        var task = client.CancelAsync(_hashes[ask.Order], timeout, token?.Token ?? default).AsTask();
        _story.Add(new ChaosWait(ask.Order, begun, ask.TimeoutMilliseconds, task));

        // Not before: a token that is canceled when it comes is not a cancel that was accepted.
        token?.CancelAfter(ask.TokenMilliseconds);
        if (_plan.Abandoned.Contains(ask.Order) && client.Abandon(_hashes[ask.Order]))
        {
            _story.Abandon(ask.Order);
        }
    }

    /// <summary>Waits until everything that can be resolved is; with a venue that stays silent, for a while.</summary>
    private async Task<TimeSpan> SettleAsync(DmexClient client, ChaosVenue venue)
    {
        var healed = Stopwatch.GetTimestamp();
        var asked = healed;
        if (!_plan.Heals)
        {
            await Task.Delay(300);
            return TimeSpan.Zero;
        }

        while (!IsSettled(client, venue))
        {
            var waited = Stopwatch.GetElapsedTime(healed);
            if (waited > SettlingPatience)
            {
                _problems.Add(
                    $"{client.InFlight} cancels were not resolved {SettlingPatience.TotalSeconds} s after the faults had healed.");
                break;
            }

            if (_plan.AsksAgain && Stopwatch.GetElapsedTime(asked) > AskAgainEvery)
            {
                asked = Stopwatch.GetTimestamp();
                // In turn: of some, a venue that names no order in its errors never tells, and those must not keep the others waiting.
                foreach (var order in Open().OrderBy(order => _asksAgain[order]).Take(AskAgainAtMost))
                {
                    _asksAgain[order]++;
                    Ask(client, new ChaosAsk(order, 0, 300, -1));
                }
            }

            await Task.Delay(10);
        }

        return Stopwatch.GetElapsedTime(healed);
    }

    private bool IsSettled(DmexClient client, ChaosVenue venue) =>
        (client.InFlight == 0
            || (_plan.Ending == ChaosEnding.HealsWithoutErrorHashes
                && Open().TrueForAll(order => IsGivenUp(order) || _plan.Orders[order] == ChaosOrderKind.OfAnother
                    || venue.State(order) is not VenueOrderState.Open)))
        && IsBookSettled(venue);

    /// <summary>Whether nothing is left of what panics and latches cover, or nothing that the client can hear of.</summary>
    private bool IsBookSettled(ChaosVenue venue)
    {
        if (_book is null)
        {
            return true;
        }

        // The calls to the book are over.
        _fired ??= [.. _plan.Book!.Orders.Where(order =>
            !IsGivenUp(order) && ChaosBookStay.Of(_book.Calls[order]) is [.., var last] && last.MustFire(_book.Panics))];
        var open = _book.Book.Find(order => order.State != BookOrderState.Rejected).ToHashSet();
        return !_fired.Exists(order => open.Contains(_hashes[order])
            && (_plan.Ending == ChaosEnding.Heals
                || (venue.State(order) is VenueOrderState.Open && _plan.Orders[order] is not ChaosOrderKind.OfAnother)));
    }

    /// <summary>The orders of which a cancel may be unresolved, by what the client has said.</summary>
    private List<int> Open()
    {
        var statements = _story.Statements();
        return [.. _story.Waits
            .Where(
                wait =>
                    !_story.Abandoned.Contains(wait.Order) && !WasRefused(wait)
                        && !statements[wait.Order].Any(said => Answers(said.Outcome, wait)))
            .Select(wait => wait.Order).Distinct()];
    }

    private bool IsGivenUp(int order) => _story.Abandoned.Contains(order)
        || _book?.Calls[order].Any(call => call is { WasThere: true, Step.Deed: ChaosBookDeed.Forget }) == true;

    private static bool WasRefused(ChaosWait wait) =>
        wait.Task is { IsCompletedSuccessfully: true, Result.UnresolvedReason: UnresolvedReason.TableFull };

    private static bool Answers(in CancelOutcome outcome, ChaosWait wait) => ChaosOracle.IsResolved(outcome)
        && (wait.Task.IsCompletedSuccessfully
            ? outcome.AcceptedTimestamp == wait.Task.Result.AcceptedTimestamp
            : outcome.ResolvedTimestamp >= wait.Begun);

    private static async Task Until(long start, int milliseconds)
    {
        var left = TimeSpan.FromMilliseconds(milliseconds) - Stopwatch.GetElapsedTime(start);
        if (left > TimeSpan.Zero)
        {
            await Task.Delay(left);
        }
    }
}
