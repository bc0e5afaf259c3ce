using Dmex.Fast.Book;
using Dmex.Fast.Book.Storage;
using Dmex.Fast.Protocol;
using Dmex.Fast.Signers;
using Dmex.Fast.Signing;

namespace Dmex.Fast;

/// <content>Orders into the book, and what their owner says about them.</content>
public sealed partial class CancelBook
{
    private const int BatchBlock = 128;

    /// <summary>
    /// Signs the cancel of an order with the book's key and keeps it ready. Call it before the order is sent to the venue.
    /// </summary>
    /// <param name="hash">An order of the account's own, computed by the caller: the signature may authorize more than a cancel.</param>
    /// <param name="tag">What scopes look at; see <see cref="BookScope"/>.</param>
    /// <param name="priority">From 0, sent first, to 7.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="priority"/> is not from 0 to 7.</exception>
    /// <exception cref="InvalidOperationException">The book has no key.</exception>
    /// <exception cref="System.Security.Cryptography.CryptographicException">
    /// The signature did not verify: a fault in the hardware. The order is not armed.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The book or its key is disposed.</exception>
    public ArmResult Arm(in OrderHash hash, ulong tag, int priority = 0)
    {
        CheckPriority(priority);
        var signers = _signers ?? throw NoKey();
        if (!TryWithoutSignature(hash, tag, priority, out var result))
        {
            signers.Sign(hash, out var signature);
            result = Add(hash, signature, tag, priority);
        }

        return result;
    }

    /// <summary>Keeps the cancel of an order ready whose signature the caller has.</summary>
    /// <param name="hash">An order of the account's own.</param>
    /// <param name="signature">
    /// The account's signature of the hash as an Ethereum personal message. Its signer is recovered and compared, unless
    /// <see cref="CancelBookOptions.VerifyArmed"/> is off.
    /// </param>
    /// <param name="tag">What scopes look at; see <see cref="BookScope"/>.</param>
    /// <param name="priority">From 0, sent first, to 7.</param>
    /// <exception cref="ArgumentException">The signature is not the account's, or the hash is the default value; the order is not
    /// armed.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="priority"/> is not from 0 to 7.</exception>
    /// <exception cref="ObjectDisposedException">The book is disposed.</exception>
    public ArmResult Arm(in OrderHash hash, in Signature signature, ulong tag, int priority = 0)
    {
        CheckPriority(priority);
        CheckHash(hash);
        if (signature.V == 0)
        {
            throw new ArgumentException("A signature has v = 27 or 28; this one is the default value.", nameof(signature));
        }

        if (_verifyArmed)
        {
            BookSigners.Check(hash, signature, Account);
        }

        return Add(hash, signature, tag, priority);
    }

    /// <summary>
    /// Has a key that is kept elsewhere sign the cancel of an order, and keeps it ready. Nothing is armed until the signature is there and
    /// verified: arm before the order is sent to the venue.
    /// </summary>
    /// <param name="hash">An order of the account's own.</param>
    /// <param name="signer">Signs for the book's account; given <see cref="CancelBookOptions.SignerTimeout"/>.</param>
    /// <param name="tag">What scopes look at; see <see cref="BookScope"/>.</param>
    /// <param name="priority">From 0, sent first, to 7.</param>
    /// <param name="cancellationToken">Ends the wait; the order is not armed then.</param>
    /// <exception cref="ArgumentException">The signer signs for another address, or the hash is the default value. It was not
    /// asked.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="priority"/> is not from 0 to 7.</exception>
    /// <exception cref="CancelSignerException">The signer failed, took too long, or gave a wrong signature; the order is not
    /// armed.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled; the order is not armed.</exception>
    /// <exception cref="ObjectDisposedException">The book is disposed.</exception>
    public async ValueTask<ArmResult> ArmAsync(
        OrderHash hash, ICancelSigner signer, ulong tag, int priority = 0, CancellationToken cancellationToken = default)
    {
        CheckPriority(priority);
        CheckHash(hash);
        if (TryWithoutSignature(hash, tag, priority, out var known))
        {
            return known;
        }

        var signature = await ExternalSigning.SignAsync(signer, hash, Account, _signerTimeout, cancellationToken).ConfigureAwait(false);
        return Add(hash, signature, tag, priority);
    }

    /// <summary>Arms many orders with the book's key, signed side by side: a fraction of the time of single calls.</summary>
    /// <param name="hashes">Orders of the account's own.</param>
    /// <param name="tags">A tag for each.</param>
    /// <param name="priority">The priority of all of them, from 0, sent first, to 7.</param>
    /// <param name="results">
    /// At least as many; receives what became of each. After an exception, <see cref="ArmResult.None"/> marks those that it did not
    /// come to.
    /// </param>
    /// <returns>How many of them are in the book now.</returns>
    /// <exception cref="ArgumentException">There are not as many tags, or fewer results.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="priority"/> is not from 0 to 7.</exception>
    /// <exception cref="InvalidOperationException">The book has no key.</exception>
    /// <exception cref="System.Security.Cryptography.CryptographicException">
    /// A signature did not verify: a fault in the hardware.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The book or its key is disposed.</exception>
    public int ArmBatch(ReadOnlySpan<OrderHash> hashes, ReadOnlySpan<ulong> tags, int priority, Span<ArmResult> results)
    {
        CheckPriority(priority);
        if (tags.Length != hashes.Length)
        {
            throw new ArgumentException($"{hashes.Length} orders have as many tags, not {tags.Length}.", nameof(tags));
        }

        if (results.Length < hashes.Length)
        {
            throw new ArgumentException($"{hashes.Length} results need as many places, not {results.Length}.", nameof(results));
        }

        var signers = _signers ?? throw NoKey();
        results[..hashes.Length].Clear();
        var held = 0;
        for (var start = 0; start < hashes.Length; start += BatchBlock)
        {
            var count = Math.Min(BatchBlock, hashes.Length - start);
            held += ArmBlock(signers, hashes.Slice(start, count), tags.Slice(start, count), priority, results.Slice(start, count));
        }

        return held;
    }

    private static void CheckHash(in OrderHash hash)
    {
        if (hash == default)
        {
            throw new ArgumentException(
                "An order hash of 32 zeros is the default value and names no order; nothing was armed.", nameof(hash));
        }
    }

    /// <summary>Takes an armed order out. It races a panic exactly: it is removed or fired, never both.</summary>
    /// <exception cref="ObjectDisposedException">The book is disposed.</exception>
    public DisarmResult Disarm(in OrderHash hash)
    {
        int slot;
        lock (_lock)
        {
            ThrowIfDisposed();
            slot = _orders.Find(hash);
            if (slot < 0)
            {
                return DisarmResult.NotFound;
            }

            if (_orders.Store.State(slot).State != BookEntryState.Armed)
            {
                return DisarmResult.AlreadyFired;
            }

            _orders.Remove(slot);
        }

        _recorder?.Write(slot);
        return DisarmResult.Removed;
    }

    /// <summary>
    /// Takes an order out whatever its state, because the caller knows that it is closed: one that was fired is not
    /// followed any more.
    /// </summary>
    /// <returns>Whether it was in the book.</returns>
    /// <exception cref="ObjectDisposedException">The book is disposed.</exception>
    public bool Forget(in OrderHash hash)
    {
        int slot;
        BookPlace place;
        lock (_lock)
        {
            ThrowIfDisposed();
            slot = _orders.Find(hash);
            if (slot < 0)
            {
                return false;
            }

            place = new BookPlace(true, slot, _orders.Store.Generations[slot], _orders.Store.State(slot).IsLive);
            _orders.Remove(slot);
        }

        Firing.Forgotten?.Invoke(place);
        _recorder?.Write(slot);
        return true;
    }

    /// <summary>
    /// Says that the venue knows the order. Until then it is pending: "not found" may then mean that its cancel came first.
    /// </summary>
    /// <returns>Whether it is in the book.</returns>
    /// <exception cref="ObjectDisposedException">The book is disposed.</exception>
    public bool MarkLive(in OrderHash hash)
    {
        int slot;
        lock (_lock)
        {
            ThrowIfDisposed();
            slot = _orders.Find(hash);
            if (slot < 0)
            {
                return false;
            }

            _orders.SetLive(slot);
        }

        _recorder?.Write(slot);
        return true;
    }

    private int ArmBlock(
        BookSigners signers, ReadOnlySpan<OrderHash> hashes, ReadOnlySpan<ulong> tags, int priority, Span<ArmResult> results)
    {
        Span<OrderHash> unsigned = stackalloc OrderHash[BatchBlock];
        Span<Signature> signatures = stackalloc Signature[BatchBlock];
        Span<int> places = stackalloc int[BatchBlock];
        var count = 0;
        var held = 0;
        for (var i = 0; i < hashes.Length; i++)
        {
            if (TryWithoutSignature(hashes[i], tags[i], priority, out var result))
            {
                results[i] = result;
                held += IsHeld(result) ? 1 : 0;
            }
            else
            {
                unsigned[count] = hashes[i];
                places[count++] = i;
            }
        }

        signers.Sign(unsigned[..count], signatures);
        for (var i = 0; i < count; i++)
        {
            var place = places[i];
            var result = Add(hashes[place], signatures[i], tags[place], priority);
            results[place] = result;
            held += IsHeld(result) ? 1 : 0;
        }

        return held;
    }

    /// <summary>Refuses orders that are not in the book yet while its standbys lag, or takes them again.</summary>
    internal void RefuseForLag(bool isLagging)
    {
        lock (_lock)
        {
            _arming.IsLagging = isLagging;
        }
    }

    private static bool IsHeld(ArmResult result) => result is not (ArmResult.RefusedByLatch or ArmResult.RefusedByLag or ArmResult.Full);

    /// <summary>Does what needs no signature: an order that is in already, or one that would be refused.</summary>
    private bool TryWithoutSignature(in OrderHash hash, ulong tag, int priority, out ArmResult result)
    {
        int slot;
        lock (_lock)
        {
            ThrowIfDisposed();
            if (!_arming.TryWithoutSignature(hash, tag, priority, out result, out slot))
            {
                return false;
            }
        }

        Conclude(result, slot);
        return true;
    }

    private ArmResult Add(in OrderHash hash, in Signature signature, ulong tag, int priority)
    {
        Span<byte> frame = stackalloc byte[CancelFrame.Length];
        CancelFrame.Write(frame, hash, signature, _keys.Next());
        ArmResult result;
        int slot;
        lock (_lock)
        {
            ThrowIfDisposed();
            result = _arming.Arm(hash, signature, frame, tag, priority, out slot);
        }

        Conclude(result, slot);
        return result;
    }

    /// <summary>After the lock: first the panic, which must not wait for a disk, then the file, which the caller waits for.</summary>
    private void Conclude(ArmResult result, int slot)
    {
        if (result == ArmResult.FiredByLatch)
        {
            Firing.LatchMet?.Invoke();
        }

        if (slot >= 0)
        {
            _recorder?.Write(slot);
        }
    }

    private static void CheckPriority(int priority)
    {
        if ((uint)priority >= Priorities)
        {
            throw new ArgumentOutOfRangeException(nameof(priority), priority, "A priority is from 0, sent first, to 7.");
        }
    }

    private static InvalidOperationException NoKey() =>
        new("The book was made without a key: give the signature too, or open the book with the account's key.");
}
