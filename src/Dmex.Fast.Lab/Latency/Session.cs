using Dmex.Fast.Lab.Contenders;
using Dmex.Fast.Lab.Statistics;
using Dmex.Fast.Lab.Venues;




namespace Dmex.Fast.Lab.Latency;

/// <summary>Turns what was taken down into figures.</summary>
internal static class Session
{
    /// <summary>The figures of one way.</summary>
    /// <param name="way">The way.</param>
    /// <param name="samples">What was taken down.</param>
    /// <param name="audit">What the venue holds; null where it cannot be asked.</param>
    /// <param name="receipts">When the venue had each cancel; null where it cannot be asked.</param>
    /// <param name="earlierFailure">What went wrong before the cancels that count.</param>
    /// <param name="ours">The session that the ratios refer to; null for none.</param>
    public static SessionResult Conclude(
        IOpenLoopWay way, CancelSamples samples, VenueAudit? audit, long[]? receipts, string? earlierFailure, SessionReport? ours)
    {
        var kernel = Durations.Between(samples.Intended, samples.Written);
        var confirmation = Durations.Between(samples.Intended, samples.Answered);
        var receipt = receipts is null ? null : Durations.Between(samples.Intended, receipts.AsSpan(0, samples.Count));
        var report = new SessionReport
        {
            Name = way.Name,
            Description = way.Description,
            Orders = samples.Count,
            Confirmed = Math.Min(samples.Confirmed, audit?.CanceledByOwner ?? int.MaxValue),
            SentAgain = samples.SentAgain,
            GeneratorLagMicros = Percentiles.Of(Durations.Between(samples.Intended, samples.Called)),
            KernelMicros = Percentiles.Of(kernel),
            ReceiptMicros = receipt is null ? null : Percentiles.Of(receipt),
            ConfirmationMicros = Percentiles.Of(confirmation),
            AllocatedBytes = samples.Heap.AllocatedBytes,
            AllocatedBytesPerCancel = Math.Round((double)samples.Heap.AllocatedBytes / Math.Max(1, samples.Count), 2),
            GcCollectionsByGeneration = samples.Heap.Collections,
            FirstFailure = samples.FirstFailure ?? earlierFailure ?? audit?.FirstFailure,
        };
        List<StageSeries> stages = [new(way.Name, "kernel", kernel), new(way.Name, "confirmation", confirmation)];
        if (receipt is not null)
        {
            stages.Insert(1, new(way.Name, "receipt", receipt));
        }

        return new SessionResult(ours is null ? report : report with { RatioToSigned = SessionRatios.Of(report, ours) }, stages);
    }
}
