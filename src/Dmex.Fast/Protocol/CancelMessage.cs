using Dmex.Fast.Signing;

namespace Dmex.Fast;

/// <summary>
/// Writes the message that cancels an order:
/// <code>{"op":"cancel_order","data":{"order_hash":"0x…","v":27,"r":"0x…","s":"0x…"}}</code>
/// with 64 lower-case, zero-padded hex digits each, byte for byte what JSON.stringify makes of the same object. Every cancel
/// has the same length, so one template serves all, and only the digits change. Stateless; safe to call from any thread.
/// </summary>
public static class CancelMessage
{
    /// <summary>The length of the message in bytes (UTF-8, which is ASCII here).</summary>
    public const int Length = 265;

    private const int HexDigits = 64;

    // Where the digits of each field begin; the pieces of the template between them never change.
    private const int HashOffset = 45;
    private const int LastDigitOfVOffset = HashOffset + HexDigits + 7;
    private const int ROffset = LastDigitOfVOffset + 9;
    private const int SOffset = ROffset + HexDigits + 9;

    private static ReadOnlySpan<byte> Template =>
        """{"op":"cancel_order","data":{"order_hash":"0x0000000000000000000000000000000000000000000000000000000000000000","v":27,"r":"0x0000000000000000000000000000000000000000000000000000000000000000","s":"0x0000000000000000000000000000000000000000000000000000000000000000"}}"""u8;

    /// <summary>Writes the message; allocates nothing.</summary>
    /// <param name="hash">The order to cancel.</param>
    /// <param name="signature">The owner's signature of the hash as an Ethereum personal message.</param>
    /// <param name="destination">At least <see cref="Length"/> bytes; the first <see cref="Length"/> are written.</param>
    /// <exception cref="ArgumentException">
    /// <paramref name="signature"/> is the default value, which is no signature, or <paramref name="destination"/> is too
    /// short. Nothing was written.
    /// </exception>
    public static void Write(in OrderHash hash, in Signature signature, Span<byte> destination)
    {
        if (signature.V == 0)
        {
            throw new ArgumentException("A signature has v = 27 or 28; this one is the default value.", nameof(signature));
        }

        if (destination.Length < Length)
        {
            throw new ArgumentException(
                $"A cancel message needs {Length} bytes, not {destination.Length}.", nameof(destination));
        }

        Template.CopyTo(destination);
        WriteHex(hash.AsSpan(), destination.Slice(HashOffset, HexDigits));
        destination[LastDigitOfVOffset] = (byte)('0' + signature.V - 20);
        WriteHex(signature.R, destination.Slice(ROffset, HexDigits));
        WriteHex(signature.S, destination.Slice(SOffset, HexDigits));
    }

    private static void WriteHex(ReadOnlySpan<byte> bytes, Span<byte> digits) =>
        _ = Convert.TryToHexStringLower(bytes, digits, out _);
}
