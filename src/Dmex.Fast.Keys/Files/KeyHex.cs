namespace Dmex.Fast.Keys.Files;

/// <summary>A private key as hex digits, by arithmetic: a table would be read at places that tell the digits.</summary>
internal static class KeyHex
{
    /// <summary>Writes two lower-case digits per byte.</summary>
    public static void Encode(ReadOnlySpan<byte> bytes, Span<byte> digits)
    {
        for (var i = 0; i < bytes.Length; i++)
        {
            digits[2 * i] = Digit(bytes[i] >> 4);
            digits[(2 * i) + 1] = Digit(bytes[i] & 15);
        }
    }

    /// <summary>Reads two digits per byte; all of <paramref name="digits"/> are known to be hex digits.</summary>
    public static void Decode(ReadOnlySpan<byte> digits, Span<byte> bytes)
    {
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] = (byte)((Value(digits[2 * i]) << 4) | Value(digits[(2 * i) + 1]));
        }
    }

    private static byte Digit(int value) => (byte)('0' + value + (((9 - value) >> 31) & ('a' - '0' - 10)));

    // Letters have bit 6 and begin at 1 in the low four bits.
    private static int Value(byte digit) => (digit & 15) + (9 * (digit >> 6));
}
