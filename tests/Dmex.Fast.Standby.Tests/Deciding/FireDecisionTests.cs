using Dmex.Fast.Standby.Deciding;
using Xunit;

namespace Dmex.Fast.Standby.Tests.Deciding;

/// <summary>The rows of the decision's table, one by one, by hand.</summary>
public sealed class FireDecisionTests
{
    private static readonly DecisionOptions Options =
        new(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(10), IsolationPolicy.Fire, Servers: 3, DryRun: false);

    [Fact]
    public void Nothing_is_fired_while_no_generation_is_known()
    {
        var decision = new FireDecision(Options);
        decision.Order();
        Assert.Equal(FireStep.None, decision.Tick(At(100), 3, true));
    }

    [Fact]
    public void A_silent_engine_is_fired_at_the_end_of_the_ttl_when_a_majority_is_witness()
    {
        var decision = Heard(Options);
        Assert.Equal(2.0, FirstStep(decision, FireStep.FireAll, 0, 5, _ => 2), 0.021);
        Assert.Equal(FireReason.Silence, decision.Evidence.Reason);
        Assert.Equal(1u, decision.Fenced);
        Assert.Equal((2, 3), (decision.Evidence.Witnesses, decision.Evidence.Servers));
    }

    [Fact]
    public void It_fires_once_until_a_new_generation_begins()
    {
        var decision = Heard(Options);
        _ = FirstStep(decision, FireStep.FireAll, 0, 5, _ => 3);
        decision.Beat(At(5), 1, 1000, isStopping: false); // of the fenced one, which went on
        Assert.Null(Run(decision, 5, 30, _ => 3).Step);
        decision.Beat(At(30), 2, 1, isStopping: false);
        Assert.Equal(2.0, FirstStep(decision, FireStep.FireAll, 30, 40, _ => 3), 0.021);
    }

    [Fact]
    public void Witnesses_of_a_moment_are_not_enough()
    {
        // In touch again after four seconds: the servers answer at once, the engine's next beat comes 300 ms later.
        var decision = Heard(Options);
        Assert.Null(Run(decision, 0, 4.3, now => now < 4 ? 0 : 3).Step);
        decision.Beat(At(4.3), 1, 2, isStopping: false);
        Assert.Null(Run(decision, 4.3, 6.2, _ => 3).Step);
    }

    [Fact]
    public void Only_what_was_asked_after_half_the_silence_and_lately_makes_a_witness()
    {
        var decision = Heard(Options);
        Assert.Equal(At(1), decision.WitnessesFrom(At(1.2)));
        Assert.Equal(At(3.5), decision.WitnessesFrom(At(4)));
        Assert.False(decision.WantsWitnesses(At(0.9)));
        Assert.True(decision.WantsWitnesses(At(1)));
    }

    [Fact]
    public void Without_witnesses_it_waits_and_then_fires_if_the_venue_answers()
    {
        Assert.Equal(10, FirstStep(Heard(Options), FireStep.FireAll, 0, 20, _ => 1), 0.021);
        Assert.Null(Run(Heard(Options), 0, 20, _ => 1, venueAnswers: false).Step);
        Assert.Null(Run(Heard(Options with { OnIsolated = IsolationPolicy.Hold }), 0, 20, _ => 1).Step);
    }

    [Fact]
    public void Where_there_are_no_servers_the_silence_decides() =>
        Assert.Equal(2, FirstStep(Heard(Options with { Servers = 0 }), FireStep.FireAll, 0, 20, _ => 0), 0.021);

    [Fact]
    public void A_generation_that_was_never_heard_has_the_longer_time()
    {
        var decision = new FireDecision(Options);
        decision.Begin(At(0), 4);
        Assert.Equal(10, FirstStep(decision, FireStep.FireAll, 0, 20, _ => 3), 0.021);
        Assert.Equal(4u, decision.Evidence.Generation);
    }

    [Fact]
    public void A_stop_of_its_own_begins_the_clock_anew()
    {
        var decision = Heard(Options);
        Assert.Null(Run(decision, 0, 0.5, _ => 3).Step);
        Assert.Equal(FireStep.None, decision.Tick(At(7), 3, true));
        Assert.Equal(1, decision.Stalls);
        Assert.Equal(2, FirstStep(decision, FireStep.FireAll, 7.02, 20, _ => 3), 0.021);
    }

    [Fact]
    public void An_engine_that_stops_on_purpose_is_not_fired_and_its_successor_is_guarded()
    {
        var decision = Heard(Options);
        decision.Beat(At(0.1), 1, 2, isStopping: true);
        Assert.Null(Run(decision, 0.1, 30, _ => 3).Step);
        decision.Beat(At(30), 2, 1, isStopping: false);
        Assert.Equal(2, FirstStep(decision, FireStep.FireAll, 30, 40, _ => 3), 0.021);
    }

    [Fact]
    public void An_order_fires_at_once_without_witnesses_and_again_when_ordered_again()
    {
        var decision = Heard(Options);
        decision.Order();
        Assert.Equal(FireStep.FireAll, decision.Tick(At(0.1), 0, false));
        Assert.Equal(FireReason.Operator, decision.Evidence.Reason);
        Assert.Equal(FireStep.None, decision.Tick(At(0.2), 0, false));
        decision.Order();
        Assert.Equal(FireStep.FireAll, decision.Tick(At(0.3), 0, false));
    }

    [Fact]
    public void Behind_another_standby_the_rest_is_fired_half_a_second_later()
    {
        var decision = Heard(Options);
        decision.Fence(At(0.1), 1);
        decision.Fence(At(0.4), 1);
        Assert.Equal(0.6, FirstStep(decision, FireStep.FireRest, 0, 5, _ => 3), 0.021);
        Assert.Null(Run(decision, 5, 20, _ => 3).Step);
    }

    [Fact]
    public void A_fence_of_an_older_generation_changes_nothing()
    {
        var decision = Heard(Options);
        decision.Beat(At(0.1), 3, 1, isStopping: false);
        decision.Fence(At(0.2), 2);
        Assert.Equal(2.1, FirstStep(decision, FireStep.FireAll, 0.1, 5, _ => 3), 0.021);
    }

    [Fact]
    public void A_dry_run_says_once_for_each_silence_what_it_would_do_and_fences_nothing()
    {
        var decision = Heard(Options with { DryRun = true });
        Assert.Equal(2, FirstStep(decision, FireStep.WouldFire, 0, 5, _ => 3), 0.021);
        Assert.Null(Run(decision, 5, 20, _ => 3).Step);
        Assert.Equal(0u, decision.Fenced);
        decision.Beat(At(20), 1, 2, isStopping: false);
        Assert.Equal(2, FirstStep(decision, FireStep.WouldFire, 20, 30, _ => 3), 0.021);
        decision.Order();
        Assert.Null(Run(decision, 30, 31, _ => 3).Step);
    }

    private static TimeSpan At(double seconds) => TimeSpan.FromSeconds(seconds);

    private static FireDecision Heard(DecisionOptions options)
    {
        var decision = new FireDecision(options);
        decision.Beat(TimeSpan.Zero, 1, 1, isStopping: false);
        _ = decision.Tick(TimeSpan.Zero, 3, true);
        return decision;
    }

    /// <summary>Seconds after <paramref name="from"/> of the first step, which must be this one.</summary>
    private static double FirstStep(FireDecision decision, FireStep expected, double from, double until, Func<double, int> witnesses)
    {
        var (at, step) = Run(decision, from, until, witnesses);
        Assert.Equal(expected, step);
        return at - (from <= 1 ? 0 : Math.Floor(from));
    }

    /// <summary>Ticks every 20 ms; without a stop in between, which would be one of its own.</summary>
    private static (double At, FireStep? Step) Run(
        FireDecision decision, double from, double until, Func<double, int> witnesses, bool venueAnswers = true)
    {
        for (var at = from; at < until; at += 0.02)
        {
            if (decision.Tick(At(at), witnesses(at), venueAnswers) is var step and not FireStep.None)
            {
                return (at, step);
            }
        }

        return (until, null);
    }
}
