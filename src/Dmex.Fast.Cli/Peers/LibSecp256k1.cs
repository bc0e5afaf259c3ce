using System.Reflection;
using System.Runtime.InteropServices;

namespace Dmex.Fast.Cli.Peers;

/// <summary>The few calls of libsecp256k1 that a recoverable signature takes (its include/secp256k1_recovery.h).</summary>
internal static partial class LibSecp256k1
{
    /// <summary>The bytes of an opaque <c>secp256k1_ecdsa_recoverable_signature</c>.</summary>
    public const int RecoverableSignatureSize = 65;

    // SECP256K1_CONTEXT_SIGN of versions before 0.2; later ones take it too and ignore the bit.
    private const uint ContextSign = 0x0201;

    private const string Name = "secp256k1";

    private static readonly string[] FileNames =
        ["libsecp256k1.so.1", "libsecp256k1.so.2", "libsecp256k1.so.5", "libsecp256k1.so.6", "libsecp256k1.so", "libsecp256k1.dylib", "secp256k1.dll"];

    private static readonly Lazy<IntPtr> Library = new(Load);

    /// <summary>Whether the library and its recovery module are on this machine.</summary>
    public static bool IsAvailable =>
        Library.Value != IntPtr.Zero && NativeLibrary.TryGetExport(Library.Value, "secp256k1_ecdsa_sign_recoverable", out _);

    /// <summary>A context that can sign.</summary>
    public static IntPtr CreateContext() => ContextCreate(ContextSign);

    [LibraryImport(Name, EntryPoint = "secp256k1_context_create")]
    private static partial IntPtr ContextCreate(uint flags);

    /// <summary>Frees a context.</summary>
    [LibraryImport(Name, EntryPoint = "secp256k1_context_destroy")]
    public static partial void DestroyContext(IntPtr context);

    /// <summary>Signs a 32-byte digest with RFC 6979 and low s (both are the library's defaults); 1 on success.</summary>
    [LibraryImport(Name, EntryPoint = "secp256k1_ecdsa_sign_recoverable")]
    public static unsafe partial int SignRecoverable(
        IntPtr context, byte* signature, byte* digest, byte* privateKey, IntPtr nonceFunction, IntPtr nonceData);

    /// <summary>Writes r‖s and the recovery id, 0 to 3.</summary>
    [LibraryImport(Name, EntryPoint = "secp256k1_ecdsa_recoverable_signature_serialize_compact")]
    public static unsafe partial int SerializeCompact(IntPtr context, byte* output, int* recoveryId, byte* signature);

    private static IntPtr Load()
    {
        foreach (var fileName in FileNames)
        {
            if (NativeLibrary.TryLoad(fileName, typeof(LibSecp256k1).Assembly, DllImportSearchPath.SafeDirectories, out var library))
            {
                NativeLibrary.SetDllImportResolver(typeof(LibSecp256k1).Assembly, Resolve);
                return library;
            }
        }

        return IntPtr.Zero;
    }

    private static IntPtr Resolve(string libraryName, Assembly assembly, DllImportSearchPath? searchPath) =>
        string.Equals(libraryName, Name, StringComparison.Ordinal) ? Library.Value : IntPtr.Zero;
}
