using Dmex.Fast.Signing;

namespace Dmex.Fast.Signers;

/// <summary>Asks an <see cref="ICancelSigner"/> within a time, and verifies what it gives. Thread-safe.</summary>
internal static class ExternalSigning
{
    /// <param name="signer">Asked on the caller's thread; what it awaits may go on elsewhere.</param>
    /// <param name="hash">The order.</param>
    /// <param name="account">The only address that may sign; null for any.</param>
    /// <param name="timeout">How long it may take; <see cref="Timeout.InfiniteTimeSpan"/> for no bound.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ArgumentNullException"><paramref name="signer"/> is null.</exception>
    /// <exception cref="ArgumentException">It signs for another address than the account. It was not asked.</exception>
    /// <exception cref="CancelSignerException">It failed, took too long, or gave a signature that does not verify.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    public static async ValueTask<Signature> SignAsync(
        ICancelSigner signer, OrderHash hash, EthereumAddress? account, TimeSpan timeout, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(signer);
        var address = signer.Address;
        if (account is { } expected && address != expected)
        {
            throw new ArgumentException($"The signer signs for {address}, and the account is {expected}.", nameof(signer));
        }

        var signature = await AskAsync(signer, hash, address, timeout, cancellationToken).ConfigureAwait(false);
        return SignatureVerifier.Verify(hash, signature, address)
            ? signature
            : throw new CancelSignerException(
                $"What the signer of {address} gave is no signature of order {hash} by that address; nothing was sent. "
                + "It must sign the 32 bytes as a personal message, with v = 27 or 28 and low s.");
    }

    private static async Task<Signature> AskAsync(
        ICancelSigner signer, OrderHash hash, EthereumAddress address, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        ending.CancelAfter(timeout);
        try
        {
            // A signer that ignores its token is not waited for either.
            return await signer.SignAsync(hash, ending.Token).AsTask().WaitAsync(ending.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (OperationCanceledException e) when (ending.IsCancellationRequested)
        {
            throw new CancelSignerException(
                $"The signer of {address} gave no signature of order {hash} within {timeout.TotalSeconds:0.###} s; nothing was sent.", e);
        }
#pragma warning disable CA1031 // Whatever a signer throws becomes one kind of error; its time-out is an OperationCanceledException, too.
        catch (Exception e)
#pragma warning restore CA1031
        {
            throw new CancelSignerException($"The signer of {address} failed for order {hash}; nothing was sent: {e.Message}", e);
        }
    }
}
