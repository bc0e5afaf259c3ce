using System.Runtime.InteropServices;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Lab.Peers;

/// <summary>
/// Bitcoin Core's C library as another opinion and as the reference of times; it is no part of the product. The one that the package
/// Secp256k1.Net ships for every platform, or an older one that the system has (Debian: libsecp256k1-1).
/// </summary>
internal sealed unsafe class LibSecp256k1 : IDisposable
{
    private const uint ContextSign = 0x201; // SECP256K1_CONTEXT_SIGN; later versions take it as a synonym of NONE

    private const uint ContextVerify = 0x101;

    private static readonly nint Shipped = LoadShipped();
    private static readonly nint OfSystem = LoadSystem();

    private readonly nint _library;

    private readonly delegate* unmanaged<nint, void> _destroyContext;
    private readonly delegate* unmanaged<nint, byte*, byte*, byte*, nint, nint, int> _signRecoverable;
    private readonly delegate* unmanaged<nint, byte*, int*, byte*, int> _serialize;
    private readonly delegate* unmanaged<nint, byte*, byte*, int, int> _parse;
    private readonly delegate* unmanaged<nint, byte*, byte*, byte*, int> _recover;
    private readonly delegate* unmanaged<nint, byte*, nuint*, byte*, uint, int> _serializeKey;
    private readonly delegate* unmanaged<nint, byte*, byte*, int> _createKey;
    private readonly delegate* unmanaged<nint, byte*, byte*, int> _convert;
    private readonly delegate* unmanaged<nint, byte*, byte*, byte*, int> _verify;
    private readonly nint _context;

    /// <summary>Opens the library.</summary>
    /// <param name="ofSystem">Whether to take the system's, not the package's.</param>
    public LibSecp256k1(bool ofSystem = false)
    {
        _library = ofSystem ? OfSystem : Shipped;
        var createContext = (delegate* unmanaged<uint, nint>)Export("context_create");
        _destroyContext = (delegate* unmanaged<nint, void>)Export("context_destroy");
        _signRecoverable = (delegate* unmanaged<nint, byte*, byte*, byte*, nint, nint, int>)Export("ecdsa_sign_recoverable");
        _serialize = (delegate* unmanaged<nint, byte*, int*, byte*, int>)Export("ecdsa_recoverable_signature_serialize_compact");
        _parse = (delegate* unmanaged<nint, byte*, byte*, int, int>)Export("ecdsa_recoverable_signature_parse_compact");
        _recover = (delegate* unmanaged<nint, byte*, byte*, byte*, int>)Export("ecdsa_recover");
        _serializeKey = (delegate* unmanaged<nint, byte*, nuint*, byte*, uint, int>)Export("ec_pubkey_serialize");
        _createKey = (delegate* unmanaged<nint, byte*, byte*, int>)Export("ec_pubkey_create");
        _convert = (delegate* unmanaged<nint, byte*, byte*, int>)Export("ecdsa_recoverable_signature_convert");
        _verify = (delegate* unmanaged<nint, byte*, byte*, byte*, int>)Export("ecdsa_verify");
        _context = createContext(ContextSign | ContextVerify);
    }

    /// <summary>Whether the package's library loads on this platform.</summary>
    public static bool IsPresent => Shipped != 0;

    /// <summary>Whether the system has one of its own.</summary>
    public static bool IsInSystem => OfSystem != 0;

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

    /// <summary>Signs a digest and verifies the signature against the key's public key, which was computed before.</summary>
    /// <param name="digest">32 bytes.</param>
    /// <param name="key">32 bytes, big-endian.</param>
    /// <param name="publicKey">What <see cref="CreatePublicKey"/> gave.</param>
    /// <param name="rs">Receives r‖s.</param>
    public void SignAndVerify(ReadOnlySpan<byte> digest, ReadOnlySpan<byte> key, ReadOnlySpan<byte> publicKey, Span<byte> rs)
    {
        var opaque = stackalloc byte[65];
        var plain = stackalloc byte[64];
        int recoveryId;
        fixed (byte* digestPointer = digest, keyPointer = key, publicPointer = publicKey, rsPointer = rs)
        {
            if (_signRecoverable(_context, opaque, digestPointer, keyPointer, 0, 0) != 1
                || _convert(_context, plain, opaque) != 1
                || _verify(_context, plain, digestPointer, publicPointer) != 1
                || _serialize(_context, rsPointer, &recoveryId, opaque) != 1)
            {
                throw new InvalidOperationException("libsecp256k1 refused to sign or to verify.");
            }
        }
    }

    /// <summary>The library's own form of a public key, 64 bytes.</summary>
    public byte[] CreatePublicKey(ReadOnlySpan<byte> key)
    {
        var publicKey = new byte[64];
        fixed (byte* keyPointer = key, publicPointer = publicKey)
        {
            return _createKey(_context, publicPointer, keyPointer) == 1
                ? publicKey
                : throw new InvalidOperationException("libsecp256k1 refused the key.");
        }
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

    /// <inheritdoc/>
    public void Dispose() => _destroyContext(_context);

    private nint Export(string function) => NativeLibrary.GetExport(_library, "secp256k1_" + function);

    /// <summary>
    /// The host names the package's folder for this platform in its search path; a publish puts the file beside the program.
    /// </summary>
    private static nint LoadShipped() =>
        NativeLibrary.TryLoad(
            OperatingSystem.IsWindows() ? "secp256k1" : "libsecp256k1", typeof(LibSecp256k1).Assembly,
            DllImportSearchPath.AssemblyDirectory, out var library)
            ? WithRecovery(library)
            : 0;

    private static nint LoadSystem()
    {
        string[] names = ["libsecp256k1.so.1", "libsecp256k1.so.2", "libsecp256k1.so.5", "libsecp256k1.so.6"];
        foreach (var name in names)
        {
            if (NativeLibrary.TryLoad(name, out var library) && WithRecovery(library) != 0)
            {
                return library;
            }
        }

        return 0;
    }

    /// <summary>Without the recovery module the library is of no use here.</summary>
    private static nint WithRecovery(nint library) =>
        NativeLibrary.TryGetExport(library, "secp256k1_ecdsa_sign_recoverable", out _) ? library : 0;
}
