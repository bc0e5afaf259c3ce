using System.Runtime.InteropServices;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Tests.Support;

/// <summary>Bitcoin Core's C library (Debian: libsecp256k1-1), as another opinion; it is no part of the product.</summary>
internal sealed unsafe class LibSecp256k1 : IDisposable
{
    private const uint ContextSign = 0x201; // SECP256K1_CONTEXT_SIGN; later versions take it as a synonym of NONE

    private static readonly nint Library = Load();

    private readonly delegate* unmanaged<nint, void> _destroyContext;
    private readonly delegate* unmanaged<nint, byte*, byte*, byte*, nint, nint, int> _signRecoverable;
    private readonly delegate* unmanaged<nint, byte*, int*, byte*, int> _serialize;
    private readonly delegate* unmanaged<nint, byte*, byte*, int, int> _parse;
    private readonly delegate* unmanaged<nint, byte*, byte*, byte*, int> _recover;
    private readonly delegate* unmanaged<nint, byte*, nuint*, byte*, uint, int> _serializeKey;
    private readonly delegate* unmanaged<nint, byte*, byte*, int> _createKey;
    private readonly nint _context;

    public LibSecp256k1()
    {
        var createContext = (delegate* unmanaged<uint, nint>)Export("context_create");
        _destroyContext = (delegate* unmanaged<nint, void>)Export("context_destroy");
        _signRecoverable = (delegate* unmanaged<nint, byte*, byte*, byte*, nint, nint, int>)Export("ecdsa_sign_recoverable");
        _serialize = (delegate* unmanaged<nint, byte*, int*, byte*, int>)Export("ecdsa_recoverable_signature_serialize_compact");
        _parse = (delegate* unmanaged<nint, byte*, byte*, int, int>)Export("ecdsa_recoverable_signature_parse_compact");
        _recover = (delegate* unmanaged<nint, byte*, byte*, byte*, int>)Export("ecdsa_recover");
        _serializeKey = (delegate* unmanaged<nint, byte*, nuint*, byte*, uint, int>)Export("ec_pubkey_serialize");
        _createKey = (delegate* unmanaged<nint, byte*, byte*, int>)Export("ec_pubkey_create");
        _context = createContext(ContextSign);
    }

    public static bool IsPresent => Library != 0;

    /// <summary>Signs a digest: RFC 6979, low s, and v from the recovery id.</summary>
    public Signature Sign(ReadOnlySpan<byte> digest, ReadOnlySpan<byte> key)
    {
        var opaque = stackalloc byte[65];
        Span<byte> rs = stackalloc byte[64];
        int recoveryId;
        fixed (byte* digestPointer = digest, keyPointer = key, rsPointer = rs)
        {
            if (_signRecoverable(_context, opaque, digestPointer, keyPointer, 0, 0) != 1
                || _serialize(_context, rsPointer, &recoveryId, opaque) != 1)
            {
                throw new InvalidOperationException("libsecp256k1 refused to sign.");
            }
        }

        return new Signature(rs, 27 + recoveryId);
    }

    /// <summary>Recovers x‖y, 64 bytes, from a signature of a digest; false when there is no such key.</summary>
    public bool TryRecover(ReadOnlySpan<byte> digest, in Signature signature, Span<byte> publicKey)
    {
        var opaque = stackalloc byte[65];
        var key = stackalloc byte[64];
        fixed (byte* digestPointer = digest, rs = signature.AsSpan())
        {
            if (_parse(_context, opaque, rs, signature.V - 27) != 1 || _recover(_context, key, opaque, digestPointer) != 1)
            {
                return false;
            }
        }

        Serialize(key, publicKey);
        return true;
    }

    /// <summary>k · G as x‖y, 64 bytes; k is big-endian, in [1, n - 1].</summary>
    public void Multiply(ReadOnlySpan<byte> k, Span<byte> point)
    {
        var key = stackalloc byte[64];
        fixed (byte* kPointer = k)
        {
            if (_createKey(_context, key, kPointer) != 1)
            {
                throw new InvalidOperationException("libsecp256k1 refused to multiply.");
            }
        }

        Serialize(key, point);
    }

    private void Serialize(byte* key, Span<byte> destination)
    {
        const uint Uncompressed = 2; // SECP256K1_EC_UNCOMPRESSED: 0x04 ‖ x ‖ y
        var encoded = stackalloc byte[65];
        var length = (nuint)65;
        _ = _serializeKey(_context, encoded, &length, key, Uncompressed);
        new ReadOnlySpan<byte>(encoded + 1, 64).CopyTo(destination);
    }

    public void Dispose() => _destroyContext(_context);

    private static nint Export(string function) => NativeLibrary.GetExport(Library, "secp256k1_" + function);

    private static nint Load()
    {
        string[] names =
            ["libsecp256k1.so.1", "libsecp256k1.so.2", "libsecp256k1.so.6", "libsecp256k1.so", "libsecp256k1.dylib", "libsecp256k1-1.dll"];
        foreach (var name in names)
        {
            // Without the recovery module the library is of no use here.
            if (NativeLibrary.TryLoad(name, out var library)
                && NativeLibrary.TryGetExport(library, "secp256k1_ecdsa_sign_recoverable", out _))
            {
                return library;
            }
        }

        return 0;
    }
}
