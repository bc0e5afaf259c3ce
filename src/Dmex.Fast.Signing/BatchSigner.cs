using System.Security.Cryptography;
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
/// A batch signer owns its working memory (some 370 kB), serves one thread at a time and shares its <see cref="SigningKey"/>
/// with others. The first one of a process computes tables of 260 kB.
/// </remarks>
public sealed unsafe class BatchSigner : IDisposable
{
    /// <summary>Below this many hashes, signing one by one is faster.</summary>
    internal const int MinBatch = 4;

    private readonly SigningKey _key;
    private readonly OrderSigner _single;
    private readonly SecretMemory? _memory;
    private readonly SigningKernel _kernel;
    private readonly VerificationTable? _verification;
    private readonly bool _recomputeNonce;
    private ExclusiveUse _use;

    /// <summary>Creates a batch signer.</summary>
    /// <param name="key">The key; it must outlive the signer's use.</param>
    /// <param name="verifyAfterSign">
    /// Whether each signature is verified against the public key before any is handed out; see <see cref="OrderSigner"/>.
    /// </param>
    /// <param name="recomputeNonce">Whether each nonce is computed twice and compared; see <see cref="OrderSigner"/>.</param>
    public BatchSigner(SigningKey key, bool verifyAfterSign = true, bool recomputeNonce = false)
        : this(key, verifyAfterSign, SigningKernels.Best, recomputeNonce)
    {
    }

    /// <summary>Creates a batch signer with a kernel of choice, for tests and benchmarks.</summary>
    internal BatchSigner(SigningKey key, bool verifyAfterSign, SigningKernel kernel, bool recomputeNonce = false)
    {
        ArgumentNullException.ThrowIfNull(key);
        _key = key;
        _kernel = kernel;
        _recomputeNonce = recomputeNonce;
        _single = new OrderSigner(key, verifyAfterSign, kernel, recomputeNonce);
        if (kernel != SigningKernel.Portable)
        {
            _memory = new SecretMemory(sizeof(BatchWorkspace));
            _verification = verifyAfterSign ? key.GetVerificationTable(kernel, isSmall: false) : null;
        }
    }

    /// <summary>What the operating system granted for all of the signer's working memory, which holds nonces while it signs.</summary>
    public KeyProtection Protection => _memory is null ? _single.Protection : _memory.Protection & _single.Protection;

    /// <summary>Called while a block is signed, for tests that spoil values there; else null.</summary>
    internal BatchSeam? Seam { get; set; }

    /// <summary>The working memory, for the test that finds it wiped; empty where the kernel has no lanes.</summary>
    internal ReadOnlySpan<byte> Workspace => _memory is null ? default : new(_memory.Pointer, sizeof(BatchWorkspace));

    /// <summary>Signs hashes.</summary>
    /// <param name="hashes">Any number, none included; the default value is refused.</param>
    /// <param name="signatures">At least as many; signature i is that of hash i. Only verified ones are ever written.</param>
    /// <exception cref="ArgumentException">
    /// <paramref name="signatures"/> is shorter than <paramref name="hashes"/>, or one of these is the default value. Nothing is signed.
    /// </exception>
    /// <exception cref="InvalidOperationException">
    /// Another thread is using this signer; or this thread's rounding mode is not to nearest and could not be set right.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The signer or its key is disposed.</exception>
    /// <exception cref="CryptographicException">
    /// The hardware computed wrongly. All of <paramref name="signatures"/> that was to be written is cleared.
    /// </exception>
    public void Sign(ReadOnlySpan<OrderHash> hashes, Span<Signature> signatures)
    {
        if (signatures.Length < hashes.Length)
        {
            throw new ArgumentException($"{hashes.Length} signatures need as many places, not {signatures.Length}.", nameof(signatures));
        }

        foreach (ref readonly var hash in hashes)
        {
            hash.ThrowIfDefault(nameof(hashes));
        }

        _use.Enter(this);
        var complete = false;
        try
        {
            using var rounding = NearestRounding.Enter();
            SignBlocks(hashes, signatures);
            complete = true;
        }
        finally
        {
            if (!complete)
            {
                signatures[..hashes.Length].Clear();
            }

            _use.Exit();
        }
    }

    /// <summary>Zeroes and frees the working memory.</summary>
    /// <exception cref="InvalidOperationException">Another thread is using this signer.</exception>
    public void Dispose()
    {
        _use.Dispose(this);
        _single.Dispose();
        _memory?.Dispose();
    }

    private void SignBlocks(ReadOnlySpan<OrderHash> hashes, Span<Signature> signatures)
    {
        while (_memory is not null && hashes.Length >= MinBatch)
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

    /// <summary>Signs into the workspace, verifies there, and only then copies.</summary>
    private void SignBlock(ReadOnlySpan<OrderHash> hashes, Span<Signature> signatures)
    {
        var workspace = (BatchWorkspace*)_memory!.Pointer;
        var made = new Span<Signature>(&workspace->Made, hashes.Length);
        try
        {
            if (!SignWithKey(workspace, hashes))
            {
                throw OrderSigner.WrongNonce();
            }

            for (var i = 0; i < hashes.Length; i++)
            {
                // A nonce that gave no signature, once in 2^127 or so: the single path takes the next one.
                if (made[i].V == 0)
                {
                    _single.Sign(in hashes[i], out made[i]);
                }
            }

            if (!(_verification is null || IsValid(workspace, hashes)) || RepeatedNonce.IsIn(hashes, made))
            {
                throw new CryptographicException(
                    "A signature did not verify after signing, or two have one nonce: the hardware computed wrongly. The batch was "
                    + "withheld.");
            }

            made.CopyTo(signatures);
        }
        finally
        {
            // Verification leaves public values, unless a signature is wrong.
            var first = _verification is null ? (byte*)&workspace->Made : (byte*)workspace;
            CryptographicOperations.ZeroMemory(new Span<byte>(first, (int)((byte*)(workspace + 1) - first)));
        }
    }

    /// <summary>Leaves nothing but the signatures in the workspace; false when a nonce was made wrongly.</summary>
    private bool SignWithKey(BatchWorkspace* workspace, ReadOnlySpan<OrderHash> hashes)
    {
        _key.Enter();
        var stack = StackWipe.Begin();
        try
        {
            return _kernel == SigningKernel.Avx512
                ? BatchKernel<FieldElementX8, BatchTableReaderX8>.Sign(
                    workspace, _key.Material, BatchTable.GeneratorColumns.Words, hashes, _recomputeNonce, Seam)
                : BatchKernel<FieldElementX4, BatchTableReaderX4>.Sign(
                    workspace, _key.Material, BatchTable.GeneratorRows.Words, hashes, _recomputeNonce, Seam);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(new Span<byte>(workspace, (int)((byte*)&workspace->S - (byte*)workspace)));
            stack.End();
            _key.Exit();
        }
    }

    private bool IsValid(BatchWorkspace* workspace, ReadOnlySpan<OrderHash> hashes) => _kernel == SigningKernel.Avx512
        ? BatchVerification<FieldElementX8, BatchTableReaderX8, VarTimeReaderX8>.VerifyVarTime(workspace, _verification!, hashes)
        : BatchVerification<FieldElementX4, BatchTableReaderX4, VarTimeReaderX4>.VerifyVarTime(workspace, _verification!, hashes);
}
