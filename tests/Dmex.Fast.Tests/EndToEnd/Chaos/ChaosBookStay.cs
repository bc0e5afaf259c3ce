namespace Dmex.Fast.Tests.EndToEnd.Chaos;

/// <summary>The time of an order in the book, from its arming to its end, as far as its owner knows.</summary>
internal sealed class ChaosBookStay
{
    private readonly List<ulong> _tags = [];
    private long _taggedAt;

    private ChaosBookStay(ChaosBookCall call)
    {
        Begun = call.Begun;
        Tag(call);
    }

    public long Begun { get; }

    /// <summary>Its owner took it out: disarmed or forgotten. A disarmed one was not fired and never will be.</summary>
    public ChaosBookDeed? EndedBy { get; private set; }

    public bool MetLatch { get; private init; }

    /// <summary>The stays of an order, by the calls about it.</summary>
    public static List<ChaosBookStay> Of(IEnumerable<ChaosBookCall> calls)
    {
        var stays = new List<ChaosBookStay>();
        ChaosBookStay? current = null;
        foreach (var call in calls)
        {
            if (call.Armed is ArmResult.Armed or ArmResult.FiredByLatch)
            {
                // Whether it had left the book in between, its owner is not told.
                var isNew = new ChaosBookStay(call) { MetLatch = call.Armed == ArmResult.FiredByLatch };
                isNew._tags.InsertRange(0, current?._tags ?? []);
                stays.Add(isNew);
                current = isNew;
            }
            else if (call.Armed is ArmResult.Updated)
            {
                current!.Tag(call);
            }
            else if (call is { WasThere: true, Step.Deed: ChaosBookDeed.Disarm or ChaosBookDeed.Forget })
            {
                current!.EndedBy = call.Step.Deed;
                current = null;
            }
        }

        return stays;
    }

    public bool IsCovered(in BookScope scope)
    {
        foreach (var tag in _tags)
        {
            if (scope.Contains(tag))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a panic may have fired it.</summary>
    public bool MayFire(IEnumerable<ChaosPanic> panics) =>
        EndedBy != ChaosBookDeed.Disarm && (MetLatch || panics.Any(panic => IsCovered(panic.Scope)));

    /// <summary>Whether a panic must have fired it: it met a latch, or had its last tag when a panic over that began.</summary>
    public bool MustFire(IEnumerable<ChaosPanic> panics) =>
        EndedBy is null && (MetLatch || panics.Any(panic => panic.Begun >= _taggedAt && panic.Scope.Contains(_tags[^1])));

    private void Tag(ChaosBookCall call)
    {
        _tags.Add(call.Step.Tag);
        _taggedAt = call.Ended;
    }
}
