using Dmex.Fast.Signing;
using Dmex.Fast.Standby.Links;
using Dmex.Fast.Standby.Sealing;

namespace Dmex.Fast.Standby.Generations;

/// <summary>Claims generations. An append that names the last sequence of the stream lets one of several engines win.</summary>
internal static class GenerationClaims
{
    private const int MaxAttempts = 16;
    private const int MaxFailures = 4;

    /// <summary>Claims the next generation.</summary>
    /// <param name="link">To the stream.</param>
    /// <param name="reader">Of this stream; reads to its end.</param>
    /// <param name="addHeard">
    /// Adds what the standbys say; called when the stream is read, since a cluster that lost its disks knows of no generation.
    /// </param>
    /// <param name="newSealer">Makes the sealer of a generation; those that win nothing are disposed.</param>
    /// <param name="owner">Whose orders, where they are, and after which silence the engine expects to be fired.</param>
    /// <param name="fenceId">The fence that is acknowledged; null: none may be there but one that an operator has acknowledged.</param>
    /// <param name="cancellationToken">Ends the attempts.</param>
    /// <returns>The claim, its sealer, and its sequence in the stream.</returns>
    /// <exception cref="StandbyFencedException">The latest generation is fenced, and not by the acknowledged fence.</exception>
    /// <exception cref="StandbyLinkException">The stream cannot be reached, or others claim again and again.</exception>
    public static async ValueTask<(GenerationRecord Claim, MessageSealer Sealer, ulong Sequence)> ClaimAsync(
        IStandbyLink link,
        GenerationReader reader,
        Func<GenerationLog, CancellationToken, ValueTask> addHeard,
        Func<uint, MessageSealer> newSealer,
        StandbyOwner owner,
        ulong? fenceId,
        CancellationToken cancellationToken)
    {
        var (account, endpoint) = (owner.Account, owner.Endpoint.AbsoluteUri);
        GenerationRecord? tried = null;
        MessageSealer? sealer = null;
        for (int attempt = 0, failures = 0; attempt < MaxAttempts; attempt++)
        {
            try
            {
                var last = await reader.ReadToEndAsync(link, cancellationToken).ConfigureAwait(false);
                var log = reader.Log;
                await addHeard(log, cancellationToken).ConfigureAwait(false);
                if (tried is not null && log.ClaimSession == sealer!.Sender.Session)
                {
                    // It was appended, and only the answer was lost.
                    return (tried, sealer, log.ClaimSequence);
                }

                sealer?.Dispose();
                sealer = null;
                Check(log, account, endpoint, fenceId);
                tried = new GenerationRecord(
                    Math.Max(log.Generation, log.Fenced) + 1, log.IsFenced ? log.Fenced : log.Acknowledged, account, endpoint,
                    owner.Ttl ?? TimeSpan.Zero);
                sealer = newSealer(tried.Generation);
                var sequence = await link.AppendAsync(sealer, StandbyStreamKind.Generation, tried.Write(), last, cancellationToken)
                    .ConfigureAwait(false);
                log.Add(tried, sealer.Sender.Session, sequence);
                return (tried, sealer, sequence);
            }
            catch (StandbyAppendConflictException)
            {
                // Somebody else wrote: looked at again.
            }
            catch (StandbyLinkException) when (++failures < MaxFailures)
            {
                // Nobody knows whether it was appended: looked at again.
            }
            catch
            {
                sealer?.Dispose();
                throw;
            }
        }

        sealer?.Dispose();
        throw new StandbyLinkException(
            $"No generation was claimed in {MaxAttempts} attempts: others write to the stream. Is another engine running?");
    }

    private static void Check(GenerationLog log, EthereumAddress account, string endpoint, ulong? fenceId)
    {
        if (log.Claim is { } claim && (claim.Account != account || !string.Equals(claim.Endpoint, endpoint, StringComparison.Ordinal)))
        {
            throw new StandbyLinkException(
                $"The stream holds orders of {claim.Account} at {claim.Endpoint}, and this book those of {account} at {endpoint}: "
                + "give each book a name of its own.");
        }

        if (log.IsFenced ? !(fenceId is { } id ? log.HasFence(id) : log.IsAcknowledged) : fenceId is not null)
        {
            throw log.IsFenced
                ? new StandbyFencedException(log.Fenced, log.FenceId, log.Fences.Count > 0 ? log.Fences[0] : null)
                : new InvalidOperationException("Nothing is to be resumed: the latest generation is not fenced.");
        }
    }
}
