using Dmex.Fast.Standby.Local;
using Xunit;

namespace Dmex.Fast.Standby.Tests.Local;

/// <summary>The truth table of <see cref="WatchRules"/>, row by row, and what follows from it.</summary>
public sealed class WatchRulesTests
{
    private const long Ttl = 1_000;
    private const long Look = 10;

    private static readonly WatchRules Rules = new(Ttl, IsDryRun: false);
    private static readonly WatchSighting Healthy = new(
        Now: 5_000, HasEnded: false, IsClosed: false, IsReplaced: false, PulsedAt: 4_999, HasFound: false, HasResumed: true);

    private static readonly WatchState Watching = WatchRules.Begin(Healthy.Now - Look, isFenced: false) with { CountsFrom = 0 };
    private static readonly WatchState Fired = Watching with { HasFired = true, FiredPulse = Healthy.PulsedAt };
    private static readonly WatchSighting Fenced = Healthy with { HasResumed = false };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_engine_that_was_closed_is_left_whether_its_process_runs_or_not(bool hasEnded) =>
        Assert.Equal(WatchVerdict.Leave, Decide(Watching, Healthy with { IsClosed = true, HasEnded = hasEnded, PulsedAt = 1 }));

    [Theory]
    [InlineData(false, Look)]
    [InlineData(true, Look)]
    [InlineData(false, Ttl)]
    public void An_engine_that_was_killed_is_fired_at_once_whatever_else_is_seen(bool isReplaced, long gap) =>
        Assert.Equal(
            WatchVerdict.FireKilled,
            Decide(Watching with { LookedAt = Healthy.Now - gap }, Healthy with { HasEnded = true, IsReplaced = isReplaced }));

    [Fact]
    public void An_engine_that_was_killed_before_its_first_pulse_is_fired() =>
        Assert.Equal(WatchVerdict.FireKilled, Decide(Watching, Healthy with { HasEnded = true, PulsedAt = 0 }));

    [Theory]
    [InlineData(Ttl - 1, WatchVerdict.Wait)]
    [InlineData(Ttl, WatchVerdict.FireSilent)]
    [InlineData(100 * Ttl, WatchVerdict.FireSilent)]
    internal void Silence_fires_from_the_ttl_on(long silence, WatchVerdict expected)
    {
        var now = 200 * Ttl;
        Assert.Equal(expected, Decide(Watching with { LookedAt = now - Look }, Healthy with { Now = now, PulsedAt = now - silence }));
    }

    [Fact]
    public void Before_the_first_pulse_silence_does_not_fire() =>
        Assert.Equal(WatchVerdict.Wait, Decide(Watching, Healthy with { PulsedAt = 0 }));

    [Fact]
    public void While_the_client_closes_its_pulse_lies_in_the_future_and_nothing_fires() =>
        Assert.Equal(WatchVerdict.Wait, Decide(Watching, Healthy with { PulsedAt = Healthy.Now + Ttl }));

    [Theory]
    [InlineData(Ttl / 4, WatchVerdict.FireSilent)]
    [InlineData((Ttl / 4) + 1, WatchVerdict.Restart)]
    [InlineData(100 * Ttl, WatchVerdict.Restart)]
    internal void A_standby_that_was_stopped_itself_begins_to_count_anew(long gap, WatchVerdict expected)
    {
        var now = 200 * Ttl;
        var silent = Healthy with { Now = now, PulsedAt = now - (2 * Ttl) };
        Assert.Equal(expected, Decide(Watching with { LookedAt = now - gap }, silent));
    }

    [Fact]
    public void After_a_restart_the_whole_ttl_counts_again()
    {
        var now = 200 * Ttl;
        var (verdict, state) = Rules.Decide(Watching with { LookedAt = now - Ttl }, Healthy with { Now = now });
        Assert.Equal(WatchVerdict.Restart, verdict);
        while (verdict != WatchVerdict.FireSilent)
        {
            now += Look;
            (verdict, state) = Rules.Decide(state, Healthy with { Now = now });
        }

        Assert.Equal(Ttl, now - (200 * Ttl));
    }

    [Fact]
    public void Another_engine_on_the_page_is_followed() =>
        Assert.Equal(WatchVerdict.Follow, Decide(Watching, Healthy with { IsReplaced = true, PulsedAt = 1 }));

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void After_firing_the_end_of_the_engine_concludes(bool isClosed, bool hasEnded) =>
        Assert.Equal(WatchVerdict.Conclude, Decide(Fired, Fenced with { IsClosed = isClosed, HasEnded = hasEnded }));

    [Fact]
    public void After_firing_nothing_fires_again() =>
        Assert.Equal(WatchVerdict.Wait, Decide(Fired, Fenced with { PulsedAt = 1 }));

    [Fact]
    public void After_firing_it_is_told_once_that_the_engine_has_found_the_fence()
    {
        var (verdict, state) = Rules.Decide(Fired, Fenced with { HasFound = true });
        Assert.Equal(WatchVerdict.NoteFound, verdict);
        Assert.Equal(WatchVerdict.Wait, Decide(state, Fenced with { HasFound = true }));
    }

    [Fact]
    public void After_firing_an_engine_that_resumed_is_watched_again() =>
        Assert.Equal(WatchVerdict.Resume, Decide(Fired, Fenced with { HasFound = true, HasResumed = true }));

    [Fact]
    public void After_firing_another_engine_on_the_page_is_followed() =>
        Assert.Equal(WatchVerdict.Follow, Decide(Fired, Fenced with { IsReplaced = true }));

    [Fact]
    public void In_a_dry_run_an_engine_that_pulses_again_is_watched_again()
    {
        var dry = new WatchRules(Ttl, IsDryRun: true);
        Assert.Equal(WatchVerdict.Wait, dry.Decide(Fired, Healthy).Verdict);
        var (verdict, state) = dry.Decide(Fired, Healthy with { PulsedAt = Healthy.Now });
        Assert.Equal((WatchVerdict.Recover, false), (verdict, state.HasFired));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Ten_hours_of_pauses_shorter_than_the_ttl_fire_nothing(int seed)
    {
        // Pulses every millisecond or so, with pauses as of a garbage collection, and a standby that is stopped now and then for any time.
        var random = new Random(seed);
        var state = WatchRules.Begin(1, isFenced: false);
        long pulsedAt = 1;
        long pulsesAt = 2;
        for (long now = 1, end = 36_000_000; now < end; now += random.NextInt64(1, random.Next(1_000) == 0 ? 3 * Ttl : 2 * Look))
        {
            while (pulsesAt <= now)
            {
                pulsedAt = pulsesAt;
                pulsesAt += random.Next(500) == 0 ? random.NextInt64(1, Ttl - 1) : random.NextInt64(1, 40);
            }

            (var verdict, state) = Rules.Decide(state, Healthy with { Now = now, PulsedAt = pulsedAt });
            Assert.True(verdict is WatchVerdict.Wait or WatchVerdict.Restart, $"seed {seed}: {verdict} at {now}, pulsed at {pulsedAt}");
        }
    }

    private static WatchVerdict Decide(in WatchState state, in WatchSighting seen) => Rules.Decide(state, seen).Verdict;
}
