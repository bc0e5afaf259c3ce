using Dmex.Fast.Signing;
using Dmex.Fast.Standby.Links;
using Dmex.Fast.Standby.Sealing;

namespace Dmex.Fast.Standby.Generations;

/// <summary>Claims generations. An append that names the last sequence of the stream lets one of several engines win.</summary>
internal static class GenerationClaims
{
    private const int MaxAttempts = 16;

    /// <summary>Claims the next generation.</summary>
    /// <param name="link">To the stream.</param>
    /// <param name="reader">Of this stream; reads to its end.</param>
    /// <param name="newSealer">Makes the sealer of a generation; those that win nothing are disposed.</param>
    /// <param name="account">Whose orders.</param>
    /// <param name="endpoint">Where they are.</param>
    /// <param name="fenceId">The fence that is acknowledged; null: none may be there.</param>
    /// <param name="cancellationToken">Ends the attempts.</param>
    /// <returns>The claim, its sealer, and its sequence in the stream.</returns>
    /// <exception cref="StandbyFencedException">The latest generation is fenced, and not by the acknowledged fence.</exception>
    /// <exception cref="StandbyLinkException">The stream cannot be reached, or others claim again and again.</exception>
    public static async ValueTask<(GenerationRecord Claim, MessageSealer Sealer, ulong Sequence)> ClaimAsync(
        IStandbyLink link,
        GenerationReader reader,
        Func<uint, MessageSealer> newSealer,
        EthereumAddress account,
        string endpoint,
        ulong? fenceId,
        CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var last = await reader.ReadToEndAsync(link, cancellationToken).ConfigureAwait(false);
            var log = reader.Log;
            Check(log, account, endpoint, fenceId);
            var acknowledged = fenceId is null ? log.Acknowledged : log.Fenced;
            var claim = new GenerationRecord(Math.Max(log.Generation, log.Fenced) + 1, acknowledged, account, endpoint);
            var sealer = newSealer(claim.Generation);
            try
            {
                var plain = claim.Write();
                var record = new byte[plain.Length + SealedHeader.Overhead];
                _ = sealer.Seal(SealedKind.Generation, plain, record);
                var sequence = await link.AppendAsync(StandbyStreamKind.Generation, record, last, cancellationToken).ConfigureAwait(false);
                log.Add(claim);
                return (claim, sealer, sequence);
            }
            catch (StandbyAppendConflictException)
            {
                // Somebody else wrote: looked at again. A claim of this loop whose outcome nobody knew is passed over like a stranger's.
                sealer.Dispose();
            }
            catch
            {
                sealer.Dispose();
                throw;
            }
        }

        throw new StandbyLinkException($"No generation was claimed in {MaxAttempts} attempts: others write to the stream. Is another engine running?");
    }

    private static void Check(GenerationLog log, EthereumAddress account, string endpoint, ulong? fenceId)
    {
        if (log.Claim is { } claim && (claim.Account != account || !string.Equals(claim.Endpoint, endpoint, StringComparison.Ordinal)))
        {
            throw new StandbyLinkException(
                $"The stream holds orders of {claim.Account} at {claim.Endpoint}, and this book those of {account} at {endpoint}: "
                + "give each book a name of its own.");
        }

        if (log.IsFenced ? fenceId is not { } id || !log.HasFence(id) : fenceId is not null)
        {
            throw log.IsFenced
                ? new StandbyFencedException(log.Fenced, log.FenceId, log.Fences.Count > 0 ? log.Fences[0] : null)
                : new InvalidOperationException("Nothing is to be resumed: the latest generation is not fenced.");
        }
    }
}
