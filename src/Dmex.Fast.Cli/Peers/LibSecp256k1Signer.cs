using System.Security.Cryptography;

namespace Dmex.Fast.Cli.Peers;

/// <summary>The best existing way to sign: libsecp256k1 by P/Invoke. Not thread-safe.</summary>
internal sealed unsafe class LibSecp256k1Signer : IMessageSigner
{
    private readonly PersonalDigest _digest = new();
    private readonly byte[] _privateKey = GC.AllocateArray<byte>(32, pinned: true);
    private IntPtr _context;

    /// <summary>Takes a private key; check <see cref="LibSecp256k1.IsAvailable"/> first.</summary>
    /// <param name="privateKey">32 bytes big-endian.</param>
    public LibSecp256k1Signer(ReadOnlySpan<byte> privateKey)
    {
        privateKey.CopyTo(_privateKey);
        _context = LibSecp256k1.CreateContext();
    }

    /// <inheritdoc/>
    public int Sign(ReadOnlySpan<byte> orderHash, Span<byte> signature)
    {
        ObjectDisposedException.ThrowIf(_context == IntPtr.Zero, this);
        Span<byte> digest = stackalloc byte[PersonalDigest.Size];
        _digest.Compute(orderHash, digest);

        var opaque = stackalloc byte[LibSecp256k1.RecoverableSignatureSize];
        int recoveryId;
        fixed (byte* message = digest, key = _privateKey, output = signature)
        {
            if (LibSecp256k1.SignRecoverable(_context, opaque, message, key, IntPtr.Zero, IntPtr.Zero) != 1
                || LibSecp256k1.SerializeCompact(_context, output, &recoveryId, opaque) != 1)
            {
                throw new CryptographicException("libsecp256k1 did not sign.");
            }
        }

        return 27 + recoveryId;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_privateKey);
        if (_context != IntPtr.Zero)
        {
            LibSecp256k1.DestroyContext(_context);
            _context = IntPtr.Zero;
        }
    }
}
