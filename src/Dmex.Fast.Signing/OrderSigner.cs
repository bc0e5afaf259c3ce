using System.Buffers.Binary;
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
/// Signs order hashes as <c>web3.eth.accounts.sign(orderHash, key)</c> does: ECDSA on secp256k1 over the
/// <see cref="PersonalMessage"/> digest (SEC 1, section 4.1.3), nonce by RFC 6979 with HMAC-SHA-256, low s, v = 27 or 28.
/// Constant time in key and nonce; allocates nothing.
/// </summary>
/// <remarks>
/// A signer owns its working memory: it is cheap (one page), for one thread at a time, and shares its
/// <see cref="SigningKey"/> with others. Make one a thread. The key is not disposed with it.
/// </remarks>
public sealed unsafe class OrderSigner : IDisposable
{
    private const int Idle = 0;
    private const int Busy = 1;
    private const int Disposed = 2;

    private readonly SigningKey _key;
    private readonly SecretMemory _memory = new(sizeof(SignerWorkspace));
    private readonly VerificationTable? _verification;
    private readonly SigningKernel _kernel;
    private int _state;

    /// <summary>Makes a signer.</summary>
    /// <param name="key">The key; it must outlive the signer's use.</param>
    /// <param name="verifyAfterSign">
    /// Whether each signature is verified against the public key before it is handed out. With a deterministic nonce, one
    /// signature spoilt by a hardware fault gives the key away; leave this on wherever signatures are published.
    /// </param>
    public OrderSigner(SigningKey key, bool verifyAfterSign = true)
        : this(key, verifyAfterSign, SigningKernels.Best)
    {
    }

    /// <summary>Makes a signer with a kernel of choice, for tests and benchmarks.</summary>
    internal OrderSigner(SigningKey key, bool verifyAfterSign, SigningKernel kernel)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (!SigningKernels.IsSupported(kernel))
        {
            throw new PlatformNotSupportedException($"This processor, as configured, cannot run the kernel {kernel}.");
        }

        _key = key;
        _verification = verifyAfterSign ? key.GetVerificationTable(kernel) : null;
        _kernel = kernel;
    }

    /// <summary>Signs an order hash.</summary>
    /// <param name="hash">The 32 raw bytes of the hash are the message.</param>
    /// <param name="signature">r, s and v.</param>
    /// <exception cref="InvalidOperationException">Another thread is using this signer.</exception>
    /// <exception cref="ObjectDisposedException">The signer or its key is disposed.</exception>
    /// <exception cref="CryptographicException">The signature did not verify: a fault in the hardware. Nothing is handed out.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Sign(in OrderHash hash, out Signature signature)
    {
        Span<byte> digest = stackalloc byte[Keccak256.DigestSize];
        if (_kernel != SigningKernel.Portable)
        {
            LaneTable.Generator.Prefetch();
        }

        PersonalMessage.Digest(in hash, digest);
        SignDigest(digest, refusedNonces: 0, out signature);
    }

    /// <summary>
    /// Does once what would slow the first signature down: computes the tables, brings them into the caches and compiles the
    /// code of signing and recovery, with a throwaway key. Call it at start, and again after a long silence: it takes
    /// some hundred milliseconds at first, about one later.
    /// </summary>
    /// <remarks>Thread-safe. The code that handles secrets is compiled in its final form; nothing of it changes later.</remarks>
    public static void WarmUp()
    {
        Span<byte> one = stackalloc byte[SigningKey.Size];
        one.Clear();
        one[^1] = 1;
        using var key = SigningKey.FromBytes(one);
        using var signer = new OrderSigner(key);
        signer.Sign(default, out var signature);
        _ = SignerRecovery.TryRecover(default, in signature, out _);
    }

    /// <summary>Zeroes and frees the working memory.</summary>
    /// <exception cref="InvalidOperationException">Another thread is using this signer.</exception>
    public void Dispose()
    {
        if (Interlocked.CompareExchange(ref _state, Disposed, Idle) == Busy)
        {
            throw UsedByTwo();
        }

        _memory.Dispose();
    }

    /// <summary>Signs a digest; tests skip nonces to reach the branch that real digests practically never take.</summary>
    /// <param name="digest">32 bytes, big-endian.</param>
    /// <param name="refusedNonces">How many good candidates to treat as refused: 0 outside tests.</param>
    /// <param name="signature">r, s and v.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void SignDigest(ReadOnlySpan<byte> digest, int refusedNonces, out Signature signature)
    {
        Acquire();
        try
        {
            // bits2octets: the digest is as long as n, so it is taken modulo n and no bits are cut off.
            _ = Scalar.FromBytes(out var z, digest);
            SignAndWipe(ref z, refusedNonces, out var point, out signature);

            // Read again: a z spoilt after the nonce was made from it would give a valid signature of another digest with the
            // same nonce, and two of those give the key away.
            _ = Scalar.FromBytes(out z, digest);
            Verify(in z, in point, ref signature);
        }
        finally
        {
            Volatile.Write(ref _state, Idle);
        }
    }

    /// <summary>Called between a nonce's point and the signature's equation, for tests that spoil values there; else null.</summary>
    internal SignerSeam? Seam { get; set; }

    /// <summary>The working memory, for the test that finds it wiped.</summary>
    internal ReadOnlySpan<byte> Workspace => new(_memory.Pointer, sizeof(SignerWorkspace));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void SignAndWipe(ref Scalar z, int refusedNonces, out AffinePoint point, out Signature signature)
    {
        _key.Enter();
        try
        {
            SignWithKey(ref z, refusedNonces, out point, out signature);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(new Span<byte>(_memory.Pointer, sizeof(SignerWorkspace)));
            ConstantTime.WipeStack();
            _key.Exit();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void SignWithKey(ref Scalar z, int refusedNonces, out AffinePoint point, out Signature signature)
    {
        var workspace = (SignerWorkspace*)_memory.Pointer;
        var key = _key.Material;
        var reduced = (Span<byte>)stackalloc byte[Keccak256.DigestSize];
        z.ToBytes(reduced);
        for (var i = 0; i < Sha256.StateWords; i++)
        {
            workspace->DigestWords[i] = BinaryPrimitives.ReadUInt32BigEndian(reduced[(i * sizeof(uint))..]);
        }

        Rfc6979Nonce.Begin(workspace, key);
        while (true)
        {
            if (Rfc6979Nonce.TryNext(workspace) && refusedNonces-- <= 0)
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

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Verify(in Scalar z, in AffinePoint point, ref Signature signature)
    {
        if (_verification is null)
        {
            return;
        }

        var scratch = &((SignerWorkspace*)_memory.Pointer)->Lanes;
        var valid = SignatureVerification.Verify(_kernel, scratch, _verification, in z, in point, in signature);
        NativeMemory.Clear(scratch, (nuint)sizeof(LaneScratch<FieldElementX8>));
        if (!valid)
        {
            signature = default;
            throw new CryptographicException(
                "The signature did not verify after signing: the hardware computed wrongly. The signature was withheld.");
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
        new("An OrderSigner serves one thread at a time, and another is using it: make one signer a thread; they can share the key.");
}
