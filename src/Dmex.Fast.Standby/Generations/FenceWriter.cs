using Dmex.Fast.Standby.Deciding;
using Dmex.Fast.Standby.Links;
using Dmex.Fast.Standby.Sealing;

namespace Dmex.Fast.Standby.Generations;

/// <summary>
/// Keeps a fence in the stream: appends it until it is there, and again when a cluster has lost it. A fence is a maximum, so that one too
/// many changes nothing. Firing never waits for it.
/// </summary>
/// <param name="link">To the stream.</param>
/// <param name="sealer">Of the standby.</param>
/// <param name="clock">The time.</param>
internal sealed class FenceWriter(IStandbyLink link, MessageSealer sealer, MonotonicClock clock)
{
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    /// <summary>Where the fence is in the stream; 0: not yet.</summary>
    public ulong Sequence { get; private set; }

    /// <summary>Keeps a fence until a higher generation is claimed.</summary>
    /// <param name="fence">The fence.</param>
    /// <param name="isOver">Whether it is history.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task KeepAsync(GenerationFence fence, Func<bool> isOver, CancellationToken cancellationToken)
    {
        Sequence = 0;
        while (!isOver() && !cancellationToken.IsCancellationRequested)
        {
            try
            {
                if (Sequence == 0 || await link.GetLastSequenceAsync(cancellationToken).ConfigureAwait(false) < Sequence)
                {
                    Sequence = await link.AppendAsync(
                        sealer, StandbyStreamKind.Fence, FenceRecord.Write(fence), expectedLast: null, cancellationToken)
                        .ConfigureAwait(false);
                }

                await clock.Delay(Look, cancellationToken).ConfigureAwait(false);
            }
            catch (StandbyLinkException)
            {
                await clock.Delay(Retry, CancellationToken.None).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }
}
