using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Dmex.Fast.Signing.Curve;
using Dmex.Fast.Signing.Ecdsa;
using Dmex.Fast.Signing.FaultInjection;
using Dmex.Fast.Signing.Hashing;
using Dmex.Fast.Signing.Memory;
using Dmex.Fast.Signing.Vectors;

namespace Dmex.Fast.Signing;

/// <summary>
/// Signs order hashes as <c>web3.eth.accounts.sign(orderHash, key)</c> does: ECDSA on secp256k1 over the digest of the personal
/// message (SEC 1, section 4.1.3), nonce by RFC 6979 with HMAC-SHA-256, low s, v = 27 or 28. Constant time in key and nonce;
/// allocates nothing.
/// </summary>
/// <remarks>
/// A signer owns its working memory (a few pages), serves one thread at a time and shares its <see cref="SigningKey"/> with others:
/// create one per thread. The key is not disposed with it. The vector kernels need floating-point rounding to nearest, the
/// default: where native code has set another mode on the calling thread, it is set right for the call and put back.
/// </remarks>
public sealed unsafe class OrderSigner : IDisposable
{
    private readonly SigningKey _key;
    private readonly SecretMemory _memory = new(sizeof(SignerWorkspace));
    private readonly VerificationTable? _verification;
    private readonly SigningKernel _kernel;
    private readonly bool _recomputeNonce;
    private ExclusiveUse _use;

    /// <summary>Creates a signer.</summary>
    /// <param name="key">The key; it must outlive the signer's use.</param>
    /// <param name="verifyAfterSign">
    /// Whether each signature is verified against the public key before it is handed out. With a deterministic nonce, one
    /// signature corrupted by a hardware fault reveals the key; leave this on wherever signatures are published. The first signer
    /// of a key that verifies computes the key's tables, in some 25 milliseconds (see <see cref="SigningKey.UsesSmallTables"/>).
    /// </param>
    /// <param name="recomputeNonce">
    /// Whether each nonce is computed twice and compared, against a fault within its own computation, which verification cannot see
    /// (docs/signing.md). It costs about a third of a signature more.
    /// </param>
    public OrderSigner(SigningKey key, bool verifyAfterSign = true, bool recomputeNonce = false)
        : this(key, verifyAfterSign, SigningKernels.Best, recomputeNonce)
    {
    }

    /// <summary>Creates a signer with a kernel of choice, for tests and benchmarks.</summary>
    internal OrderSigner(SigningKey key, bool verifyAfterSign, SigningKernel kernel, bool recomputeNonce = false)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (!SigningKernels.IsSupported(kernel))
        {
            throw new PlatformNotSupportedException($"This processor, as configured, cannot run the kernel {kernel}.");
        }

        key.Enter(); // a disposed key is refused here, and not by the first signature
        key.Exit();
        _key = key;
        _verification = verifyAfterSign ? key.GetVerificationTable(kernel, key.UsesSmallTables) : null;
        _kernel = kernel;
        _recomputeNonce = recomputeNonce;
    }

    /// <summary>
    /// The implementation that this processor, as the runtime is configured, gets: Avx512, Avx2 or Portable. An executable compiled
    /// ahead of time without an instruction set gets Portable, which is several times slower.
    /// </summary>
    public static string KernelName => SigningKernels.Best.ToString();

    /// <summary>What the operating system granted for the signer's working memory, which holds a nonce while it signs.</summary>
    public KeyProtection Protection => _memory.Protection;

    /// <summary>Called between a nonce's point and the signature's equation, for tests that spoil values there; else null.</summary>
    internal SignerSeam? Seam { get; set; }

    /// <summary>Called before a nonce is computed, for tests; else null.</summary>
    internal NonceSeam? NonceSeam { get; set; }

    /// <summary>The working memory, for the test that finds it wiped.</summary>
    internal ReadOnlySpan<byte> Workspace => new(_memory.Pointer, sizeof(SignerWorkspace));

    /// <summary>Signs an order hash.</summary>
    /// <param name="hash">The 32 raw bytes of the hash are the message. The default value, 32 zeros, names no order and is refused.</param>
    /// <param name="signature">r, s and v; the default value when the call throws. It is written once it is verified.</param>
    /// <exception cref="ArgumentException"><paramref name="hash"/> is the default value.</exception>
    /// <exception cref="InvalidOperationException">
    /// Another thread is using this signer; or this thread's rounding mode is not to nearest and could not be set right.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The signer or its key is disposed.</exception>
    /// <exception cref="CryptographicException">The hardware computed wrongly. Nothing is handed out.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Sign(in OrderHash hash, out Signature signature)
    {
        hash.ThrowIfDefault(nameof(hash));
        Span<byte> digest = stackalloc byte[Keccak256.DigestSize];
        if (_kernel != SigningKernel.Portable)
        {
            LaneTable.Generator.Prefetch();
        }

        PersonalMessage.Digest(in hash, digest);
        SignDigest(digest, refusedNonces: 0, out signature);
    }

    /// <summary>
    /// Does once what would slow the first signature down: computes the tables that all keys share, brings them into the caches and
    /// compiles the code of signing, single and in batches, and of recovery, with a throwaway key. Call it at start, and again after a
    /// long silence: it takes some hundred milliseconds at first, a few later. A key's own tables are computed with its first signer
    /// that verifies.
    /// </summary>
    /// <remarks>Thread-safe. The code that handles secrets is compiled in its final form; nothing of it changes later.</remarks>
    public static void WarmUp()
    {
        Span<byte> one = stackalloc byte[SigningKey.Size];
        one.Clear();
        one[^1] = 1;
        var hashes = new OrderHash[BatchSigner.MinBatch];
        Array.Fill(hashes, new OrderHash(one));
        var signatures = new Signature[hashes.Length];
        using var key = SigningKey.FromBytes(one);
        using var signer = new OrderSigner(key);
        using var batch = new BatchSigner(key);
        signer.Sign(in hashes[0], out var signature);
        batch.Sign(hashes, signatures);
        _ = SignatureVerifier.Verify(in hashes[0], in signature, key.Address);
    }

    /// <summary>Zeroes and frees the working memory.</summary>
    /// <exception cref="InvalidOperationException">Another thread is using this signer.</exception>
    public void Dispose()
    {
        _use.Dispose(this);
        _memory.Dispose();
    }

    /// <summary>Signs a digest; tests skip nonces to reach the branch that real digests practically never take.</summary>
    /// <param name="digest">32 bytes, big-endian.</param>
    /// <param name="refusedNonces">How many good candidates to treat as refused: 0 outside tests.</param>
    /// <param name="signature">r, s and v.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void SignDigest(ReadOnlySpan<byte> digest, int refusedNonces, out Signature signature)
    {
        signature = default;
        _use.Enter(this);
        try
        {
            using var rounding = NearestRounding.Enter();

            // bits2octets: the digest is as long as n, so it is taken modulo n and no bits are cut off.
            _ = Scalar.FromBytes(out var z, digest);
            SignAndWipe(digest, ref z, refusedNonces, out var point, out var made);

            // Read again: a z corrupted after the nonce was made from it would give a valid signature of another digest with the
            // same nonce, and two of those give the key away.
            _ = Scalar.FromBytes(out z, digest);
            Verify(in z, in point, in made);
            signature = made;
        }
        finally
        {
            _use.Exit();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void SignAndWipe(ReadOnlySpan<byte> digest, ref Scalar z, int refusedNonces, out AffinePoint point, out Signature signature)
    {
        _key.Enter();
        var stack = StackWipe.Begin();
        try
        {
            SignWithKey(digest, ref z, refusedNonces, out point, out signature);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(new Span<byte>(_memory.Pointer, sizeof(SignerWorkspace)));
            stack.End();
            _key.Exit();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void SignWithKey(ReadOnlySpan<byte> digest, ref Scalar z, int refusedNonces, out AffinePoint point, out Signature signature)
    {
        var workspace = (SignerWorkspace*)_memory.Pointer;
        var key = _key.Material;
        DigestInput.Write(workspace->DigestWords, 1, in z);
        NonceSeam?.Invoke(workspace);
        Rfc6979Nonce.Begin(workspace, key);
        for (var candidate = 0; ; candidate++)
        {
            var usable = Rfc6979Nonce.TryNext(workspace);
            CheckNonce(workspace, key, digest, candidate);
            if (usable && candidate >= refusedNonces)
            {
                NoncePoint.Compute(_kernel, workspace, out point);
                Seam?.Invoke(workspace, ref point, ref z);
                if (SignatureEquation.TryComplete(workspace, in key->D, in z, ref point, out signature))
                {
                    return;
                }
            }

            Rfc6979Nonce.Advance(workspace);
        }
    }

    /// <summary>Makes sure that the nonce was made from the digest, read afresh, and, where wanted, that it comes out again.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void CheckNonce(SignerWorkspace* workspace, KeyMaterial* key, ReadOnlySpan<byte> digest, int candidate)
    {
        _ = Scalar.FromBytes(out var fresh, digest);
        var difference = DigestInput.Difference(workspace->DigestWords, 1, in fresh);
        if (_recomputeNonce)
        {
            workspace->S = workspace->Nonce;
            DigestInput.Write(workspace->DigestWords, 1, in fresh);
            NonceSeam?.Invoke(workspace);
            Rfc6979Nonce.Begin(workspace, key);
            for (var i = 0; i < candidate; i++)
            {
                _ = Rfc6979Nonce.TryNext(workspace);
                Rfc6979Nonce.Advance(workspace);
            }

            _ = Rfc6979Nonce.TryNext(workspace);
            difference |= DigestInput.Difference(workspace->DigestWords, 1, in fresh);
            difference |= (workspace->S.W0 ^ workspace->Nonce.W0) | (workspace->S.W1 ^ workspace->Nonce.W1)
                | (workspace->S.W2 ^ workspace->Nonce.W2) | (workspace->S.W3 ^ workspace->Nonce.W3);
        }

        if (difference != 0)
        {
            throw WrongNonce();
        }
    }

    /// <summary>Not inlined, so that what runs in variable time is not part of a method that handles secrets.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void Verify(in Scalar z, in AffinePoint point, in Signature signature)
    {
        if (_verification is null)
        {
            return;
        }

        var scratch = &((SignerWorkspace*)_memory.Pointer)->Lanes;
        var valid = SignatureVerification.VerifyVarTime(_kernel, scratch, _verification, in z, in point, in signature);
        NativeMemory.Clear(scratch, (nuint)sizeof(LaneScratch<FieldElementX8>));
        if (!valid)
        {
            throw new CryptographicException(
                "The signature did not verify after signing: the hardware computed wrongly. The signature was withheld.");
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static CryptographicException WrongNonce() =>
        new("A nonce was not computed from its digest, or came out differently when computed again: the hardware computed wrongly. "
            + "No signature was made.");
}
