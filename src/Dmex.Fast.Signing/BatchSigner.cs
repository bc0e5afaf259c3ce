using System.Security.Cryptography;
using Dmex.Fast.Signing.Curve;
using Dmex.Fast.Signing.Ecdsa;
using Dmex.Fast.Signing.FaultInjection;
using Dmex.Fast.Signing.Memory;
using Dmex.Fast.Signing.Vectors;

namespace Dmex.Fast.Signing;

/// <summary>
/// Signs many order hashes at once, with the same signatures as <see cref="OrderSigner"/> at a fraction of the time each:
/// one hash a lane, and one inversion for a whole block. Constant time in key and nonces; allocates nothing.
/// </summary>
/// <remarks>
/// A batch signer owns its working memory (some 50 kB), serves one thread at a time and shares its <see cref="SigningKey"/>
/// with others. The first one of a process computes tables of 260 kB, and with verification each key's first one another.
/// </remarks>
public sealed unsafe class BatchSigner : IDisposable
{
    private const int Idle = 0;
    private const int Busy = 1;
    private const int Disposed = 2;

    /// <summary>Below this many hashes, signing one by one is faster.</summary>
    private const int SmallestBatch = 4;

    private readonly SigningKey _key;
    private readonly OrderSigner _single;
    private readonly SecretMemory? _memory;
    private readonly SigningKernel _kernel;
    private readonly BatchTable? _verification;
    private int _state;

    /// <summary>Makes a batch signer.</summary>
    /// <param name="key">The key; it must outlive the signer's use.</param>
    /// <param name="verifyAfterSign">
    /// Whether each signature is verified against the public key before any is handed out; see <see cref="OrderSigner"/>.
    /// </param>
    public BatchSigner(SigningKey key, bool verifyAfterSign = true)
        : this(key, verifyAfterSign, SigningKernels.Best)
    {
    }

    /// <summary>Makes a batch signer with a kernel of choice, for tests and benchmarks.</summary>
    internal BatchSigner(SigningKey key, bool verifyAfterSign, SigningKernel kernel)
    {
        ArgumentNullException.ThrowIfNull(key);
        _key = key;
        _kernel = kernel;
        _single = new OrderSigner(key, verifyAfterSign, kernel);
        if (kernel != SigningKernel.Portable)
        {
            _memory = new SecretMemory(sizeof(BatchWorkspace));
            _verification = verifyAfterSign ? key.GetBatchVerificationTable(kernel) : null;
        }
    }

    /// <summary>Signs hashes.</summary>
    /// <param name="hashes">Any number, none included.</param>
    /// <param name="signatures">At least as many; signature i is that of hash i.</param>
    /// <exception cref="ArgumentException"><paramref name="signatures"/> is shorter than <paramref name="hashes"/>.</exception>
    /// <exception cref="InvalidOperationException">Another thread is using this signer.</exception>
    /// <exception cref="ObjectDisposedException">The signer or its key is disposed.</exception>
    /// <exception cref="CryptographicException">
    /// A signature did not verify: a fault in the hardware. All of <paramref name="signatures"/> that was to be written is cleared.
    /// </exception>
    public void Sign(ReadOnlySpan<OrderHash> hashes, Span<Signature> signatures)
    {
        if (signatures.Length < hashes.Length)
        {
            throw new ArgumentException($"{hashes.Length} signatures need as many places, not {signatures.Length}.", nameof(signatures));
        }

        Acquire();
        var complete = false;
        try
        {
            SignBlocks(hashes, signatures);
            complete = true;
        }
        finally
        {
            if (!complete)
            {
                signatures[..hashes.Length].Clear();
            }

            Volatile.Write(ref _state, Idle);
        }
    }

    /// <summary>Zeroes and frees the working memory.</summary>
    /// <exception cref="InvalidOperationException">Another thread is using this signer.</exception>
    public void Dispose()
    {
        if (Interlocked.CompareExchange(ref _state, Disposed, Idle) == Busy)
        {
            throw UsedByTwo();
        }

        _single.Dispose();
        _memory?.Dispose();
    }

    /// <summary>Called while a block is signed, for tests that spoil values there; else null.</summary>
    internal BatchSeam? Seam { get; set; }

    /// <summary>The working memory, for the test that finds it wiped; empty where the kernel has no lanes.</summary>
    internal ReadOnlySpan<byte> Workspace => _memory is null ? default : new(_memory.Pointer, sizeof(BatchWorkspace));

    private void SignBlocks(ReadOnlySpan<OrderHash> hashes, Span<Signature> signatures)
    {
        while (_memory is not null && hashes.Length >= SmallestBatch)
        {
            var count = Math.Min(hashes.Length, BatchWorkspace.Capacity);
            SignBlock(hashes[..count], signatures);
            hashes = hashes[count..];
            signatures = signatures[count..];
        }

        for (var i = 0; i < hashes.Length; i++)
        {
            _single.Sign(in hashes[i], out signatures[i]);
        }
    }

    private void SignBlock(ReadOnlySpan<OrderHash> hashes, Span<Signature> signatures)
    {
        var workspace = (BatchWorkspace*)_memory!.Pointer;
        _key.Enter();
        try
        {
            if (_kernel == SigningKernel.Avx512)
            {
                BatchKernel<FieldElementX8, BatchTableReaderX8>.Sign(workspace, _key.Material, BatchTable.GeneratorColumns.Words, hashes, signatures, Seam);
            }
            else
            {
                BatchKernel<FieldElementX4, BatchTableReaderX4>.Sign(workspace, _key.Material, BatchTable.GeneratorRows.Words, hashes, signatures, Seam);
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(new Span<byte>(workspace, sizeof(BatchWorkspace)));
            ConstantTime.WipeStack();
            _key.Exit();
        }

        for (var i = 0; i < hashes.Length; i++)
        {
            // A nonce that gave no signature, once in 2^127 or so: the single path takes the next one.
            if (signatures[i].V == 0)
            {
                _single.Sign(in hashes[i], out signatures[i]);
            }
        }

        Verify(workspace, hashes, signatures);
    }

    private void Verify(BatchWorkspace* workspace, ReadOnlySpan<OrderHash> hashes, ReadOnlySpan<Signature> signatures)
    {
        if (_verification is null)
        {
            return;
        }

        var valid = _kernel == SigningKernel.Avx512
            ? BatchKernel<FieldElementX8, BatchTableReaderX8>.Verify(
                workspace, BatchTable.GeneratorColumns.Words, _verification.Words, hashes, signatures)
            : BatchKernel<FieldElementX4, BatchTableReaderX4>.Verify(
                workspace, BatchTable.GeneratorRows.Words, _verification.Words, hashes, signatures);
        new Span<byte>(workspace, sizeof(BatchWorkspace)).Clear();
        if (!valid)
        {
            throw new CryptographicException(
                "A signature did not verify after signing: the hardware computed wrongly. The batch was withheld.");
        }
    }

    private void Acquire()
    {
        var previous = Interlocked.CompareExchange(ref _state, Busy, Idle);
        if (previous == Busy)
        {
            throw UsedByTwo();
        }

        ObjectDisposedException.ThrowIf(previous == Disposed, this);
    }

    private static InvalidOperationException UsedByTwo() =>
        new("A BatchSigner serves one thread at a time, and another is using it: make one a thread; they can share the key.");
}
