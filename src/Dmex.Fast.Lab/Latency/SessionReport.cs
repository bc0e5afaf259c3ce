using Dmex.Fast.Lab.Statistics;




namespace Dmex.Fast.Lab.Latency;

/// <summary>One way of canceling under the open loop. Every time but the lag counts from the intended start.</summary>
internal sealed record SessionReport
{
    /// <summary>signed, armed, usual or best.</summary>
    public required string Name { get; init; }

    /// <summary>What the way is made of.</summary>
    public required string Description { get; init; }

    /// <summary>How many cancels were begun.</summary>
    public required int Orders { get; init; }

    /// <summary>How many were confirmed; at the simulated venue, and hold as canceled by a valid signature of their owner.</summary>
    public required int Confirmed { get; init; }

    /// <summary>How many copies were sent again.</summary>
    public required int SentAgain { get; init; }

    /// <summary>How late the sending thread began: from the intended start to the call. Part of the times below.</summary>
    public required Percentiles GeneratorLagMicros { get; init; }

    /// <summary>Until the kernel had the last byte.</summary>
    public required Percentiles KernelMicros { get; init; }

    /// <summary>Until the venue had read the last byte; null at a venue that does not say.</summary>
    public required Percentiles? ReceiptMicros { get; init; }

    /// <summary>
    /// Until the client knew the confirmation: ours had decided the outcome (<see cref="CancelOutcome.ResolvedTimestamp"/>), the others had
    /// parsed the message. Code that awaits learns it a thread switch later.
    /// </summary>
    public required Percentiles ConfirmationMicros { get; init; }

    /// <summary>Bytes allocated on the managed heap while the cancels were under way, by all threads of the process.</summary>
    public required long AllocatedBytes { get; init; }

    /// <summary>The same, divided by the orders.</summary>
    public required double AllocatedBytesPerCancel { get; init; }

    /// <summary>Garbage collections meanwhile, youngest generation first; each counts once.</summary>
    public required IReadOnlyList<int> GcCollectionsByGeneration { get; init; }

    /// <summary>This way's figures over those of "signed"; null for ours.</summary>
    public SessionRatios? RatioToSigned { get; init; }

    /// <summary>What went wrong first, or null.</summary>
    public string? FirstFailure { get; init; }
}
