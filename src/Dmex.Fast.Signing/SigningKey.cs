using System.Buffers.Binary;
using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Dmex.Fast.Signing.Curve;
using Dmex.Fast.Signing.Ecdsa;
using Dmex.Fast.Signing.Hashing;
using Dmex.Fast.Signing.Memory;

namespace Dmex.Fast.Signing;

/// <summary>
/// A secp256k1 private key. The scalar lives in native memory that is locked and left out of core dumps and child processes where
/// the system allows it (<see cref="Protection"/>), and is zeroed on disposal. Only the address is ever shown. Thread-safe: share one
/// key between the <see cref="OrderSigner"/>s of many threads; disposal waits for the signatures in progress.
/// </summary>
[DebuggerDisplay("{Address}")]
public sealed unsafe class SigningKey : IDisposable
{
    /// <summary>The length of a private key in bytes.</summary>
    public const int Size = 32;

    /// <summary>The length of a public key x‖y in bytes.</summary>
    public const int PublicKeySize = 64;

    private const int HexDigits = 2 * Size;
    private const int Disposed = int.MinValue;

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly SecretMemory _memory;

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly byte[] _publicKey = new byte[PublicKeySize];

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private VerificationTable? _portableTable;

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private VerificationTable? _laneTable;

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private VerificationTable? _smallTable;

    /// <summary>How many signatures are in progress; the sign bit says that the key is disposed.</summary>
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private int _users;

    private SigningKey(SecretMemory memory)
    {
        _memory = memory;
        var material = Material;
        JacobianPoint point = default;
        var schedule = stackalloc uint[Sha256.ScheduleWords];
        try
        {
            Rfc6979Nonce.PrepareKey(material, schedule);
            FixedBaseMultiply.Multiply(out point, FixedBaseTable.Generator, in material->D);
            JacobianPoint.ToAffine(out var affine, in point);
            CheckPublicKey(in affine, material);
            affine.X.ToBytes(_publicKey);
            affine.Y.ToBytes(_publicKey.AsSpan(32));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(new Span<byte>(schedule, Sha256.ScheduleWords * sizeof(uint)));
            ConstantTime.Wipe(ref point);
            ConstantTime.WipeStack();
        }

        Address = EthereumAddress.FromPublicKey(_publicKey);
    }

    /// <summary>
    /// Makes sure of the public key once, since everything rests on it: it is on the curve, and twice of it is (2d) · G, for which other
    /// digits of d name other points of the table.
    /// </summary>
    /// <exception cref="CryptographicException">The hardware computed wrongly.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CheckPublicKey(in AffinePoint publicKey, KeyMaterial* material)
    {
        var multiple = default(JacobianPoint);
        var doubled = default(Scalar);
        AffinePoint left;
        try
        {
            Scalar.Add(out doubled, in material->D, in material->D);
            FixedBaseMultiply.Multiply(out multiple, FixedBaseTable.Generator, in doubled);
            JacobianPoint.ToAffine(out left, in multiple);
        }
        finally
        {
            ConstantTime.Wipe(ref doubled);
            ConstantTime.Wipe(ref multiple);
        }

        JacobianPoint.FromAffine(out var twice, in publicKey);
        JacobianPoint.Double(ref twice);
        JacobianPoint.ToAffine(out var right, in twice);
        if (!publicKey.IsOnCurve() || !FieldElement.AreEqual(in left.X, in right.X) || !FieldElement.AreEqual(in left.Y, in right.Y))
        {
            throw new CryptographicException(
                "The public key was computed wrongly, twice in different ways: the hardware computed wrongly. There is no key.");
        }
    }

    /// <summary>The account that the key signs for.</summary>
    public EthereumAddress Address { get; }

    /// <summary>
    /// Whether signers created from now on verify with tables of 0.5 MB, which take some 3 milliseconds to compute, instead of 10 MB and
    /// some 50: for processes that sign a few orders and end. A verified signature then takes about half a microsecond longer. Batches
    /// always use the large ones. Set it before the key is shared with other threads.
    /// </summary>
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public bool UsesSmallTables { get; set; }

    /// <summary>What the operating system granted for the key's memory.</summary>
    public KeyProtection Protection => _memory.Protection;

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    internal KeyMaterial* Material => (KeyMaterial*)_memory.Pointer;

    /// <summary>Reads a key from its hex text.</summary>
    /// <param name="text">64 hex digits in either case, with or without <c>0x</c>. The caller wipes it.</param>
    /// <exception cref="FormatException">The text is not a key, or the key is 0 or the group order or more. The message never holds any of
    /// it.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static SigningKey Parse(ReadOnlySpan<char> text)
    {
        if (text.Length is not (HexDigits or HexDigits + 2))
        {
            throw WrongLength(text.Length);
        }

        Span<byte> narrow = stackalloc byte[HexDigits + 2];
        try
        {
            // A character beyond one byte becomes 0xFF, which is no digit; the choice is arithmetic.
            for (var i = 0; i < text.Length; i++)
            {
                var beyond = (byte)-(int)(((uint)text[i] >> 8) + 0xFF >> 8);
                narrow[i] = (byte)(text[i] | beyond);
            }

            return Parse((ReadOnlySpan<byte>)narrow[..text.Length]);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(narrow);
        }
    }

    /// <summary>Does not compile: a string cannot be wiped. Read the text into a buffer of your own and wipe that.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    [Obsolete(
        "A string cannot be wiped and stays in memory. Read the key into a char[] or byte[], pass it as a span, and clear it.",
        error: true)]
    public static SigningKey Parse(string text) => throw new NotSupportedException("A private key is never taken from a string.");

    /// <summary>Reads a key from its hex text in UTF-8.</summary>
    /// <param name="utf8Text">64 hex digits in either case, with or without <c>0x</c>. The caller wipes it.</param>
    /// <exception cref="FormatException">The text is not a key, or the key is 0 or the group order or more. The message never holds any of
    /// it.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static SigningKey Parse(ReadOnlySpan<byte> utf8Text)
    {
        var digits = utf8Text.Length == HexDigits + 2 && utf8Text[0] == '0' && utf8Text[1] == 'x' ? utf8Text[2..] : utf8Text;
        if (digits.Length != HexDigits)
        {
            throw WrongLength(utf8Text.Length);
        }

        Span<byte> bytes = stackalloc byte[Size];
        try
        {
            if (DecodeHex(digits, bytes) == 0)
            {
                throw new FormatException("A private key is 64 hex digits, with or without 0x; a character is not a hex digit.");
            }

            return TryCreate(bytes) ?? throw new FormatException(OutOfRange);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    /// <summary>Copies a key from its bytes.</summary>
    /// <param name="bytes">32 bytes, big-endian. The caller wipes them.</param>
    /// <exception cref="ArgumentException">There are not 32 bytes, or the key is 0 or the group order or more.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static SigningKey FromBytes(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size)
        {
            throw new ArgumentException($"A private key has {Size} bytes, not {bytes.Length}.", nameof(bytes));
        }

        return TryCreate(bytes) ?? throw new ArgumentException(OutOfRange, nameof(bytes));
    }

    /// <summary>Copies the public key.</summary>
    /// <param name="destination">At least 64 bytes; receives x‖y, 32 bytes big-endian each.</param>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is shorter than 64 bytes.</exception>
    public void CopyPublicKeyTo(Span<byte> destination)
    {
        if (destination.Length < PublicKeySize)
        {
            throw new ArgumentException($"A public key needs {PublicKeySize} bytes, not {destination.Length}.", nameof(destination));
        }

        _publicKey.CopyTo(destination);
    }

    /// <summary>Zeroes and frees the key, after the signatures in progress have ended; later ones throw.</summary>
    public void Dispose()
    {
        var spinner = default(SpinWait);
        Interlocked.Or(ref _users, Disposed);
        while (Volatile.Read(ref _users) != Disposed)
        {
            spinner.SpinOnce();
        }

        _memory.Dispose();
    }

    /// <summary>The address; nothing of the key.</summary>
    public override string ToString() => Address.ToString();

    /// <summary>The public key's multiples for a kernel, computed on first use.</summary>
    internal VerificationTable GetVerificationTable(SigningKernel kernel, bool isSmall)
    {
        if (isSmall)
        {
            // Not kept per form: a process that wants small tables has one kernel.
            var table = _smallTable;
            return table?.Kernel == kernel ? table : _smallTable = new VerificationTable(kernel, PublicPoint(), isSmall: true);
        }

        return kernel == SigningKernel.Portable
            ? LazyInitializer.EnsureInitialized(ref _portableTable, () => new VerificationTable(kernel, PublicPoint()))
            : LazyInitializer.EnsureInitialized(ref _laneTable, () => new VerificationTable(kernel, PublicPoint()));
    }

    /// <summary>Keeps the key alive for a signature; each success needs its <see cref="Exit"/>.</summary>
    /// <exception cref="ObjectDisposedException">The key is disposed.</exception>
    internal void Enter()
    {
        if (Interlocked.Increment(ref _users) < 0)
        {
            Interlocked.Decrement(ref _users);
            throw new ObjectDisposedException(nameof(SigningKey));
        }
    }

    /// <summary>Ends what <see cref="Enter"/> began.</summary>
    internal void Exit() => Interlocked.Decrement(ref _users);

    private const string OutOfRange = "A private key is at least 1 and below the order of secp256k1.";

    private AffinePoint PublicPoint()
    {
        AffinePoint point;
        FieldElement.FromBytes(out point.X, _publicKey);
        FieldElement.FromBytes(out point.Y, _publicKey.AsSpan(32));
        return point;
    }

    private static FormatException WrongLength(int length) =>
        new($"A private key is 64 hex digits, with or without 0x; the text has {length} characters.");

    /// <summary>A key from 32 bytes, or null when they are 0 or n or more: the one bit that is revealed of a refused key.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static SigningKey? TryCreate(ReadOnlySpan<byte> bytes)
    {
        var memory = new SecretMemory(sizeof(KeyMaterial));
        var material = (KeyMaterial*)memory.Pointer;
        var overflow = Scalar.FromBytes(out material->D, bytes);
        if ((overflow | material->D.IsZeroMask()) != 0)
        {
            memory.Dispose();
            return null;
        }

        for (var i = 0; i < Sha256.StateWords; i++)
        {
            material->Words[i] = BinaryPrimitives.ReadUInt32BigEndian(bytes[(i * sizeof(uint))..]);
        }

        return new SigningKey(memory);
    }

    /// <summary>Decodes hex digits without a branch or an index that depends on them; returns 0 when one is not a digit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int DecodeHex(ReadOnlySpan<byte> digits, Span<byte> bytes)
    {
        var allValid = -1;
        for (var i = 0; i < bytes.Length; i++)
        {
            var high = DecodeDigit(digits[2 * i], ref allValid);
            var low = DecodeDigit(digits[(2 * i) + 1], ref allValid);
            bytes[i] = (byte)((high << 4) | low);
        }

        return allValid;
    }

    /// <summary>The value of a hex digit; clears <paramref name="allValid"/> for anything else.</summary>
    /// <remarks>A difference of two values below 2^31 has its sign bit set exactly when it is negative.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int DecodeDigit(int c, ref int allValid)
    {
        var lower = c | 0x20;
        var isDecimal = ~((c - '0') | ('9' - c)) >> 31;
        var isLetter = ~((lower - 'a') | ('f' - lower)) >> 31;
        allValid &= isDecimal | isLetter;
        return (isDecimal & (c - '0')) | (isLetter & (lower - 'a' + 10));
    }
}
