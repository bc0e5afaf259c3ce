using System.Formats.Asn1;
using System.Numerics;

namespace Dmex.Fast.Tests.Support;

/// <summary>An ECDSA signature in DER: SEQUENCE { INTEGER r, INTEGER s } and nothing else.</summary>
internal static class StrictDer
{
    /// <summary>r and s, or null when the bytes are not exactly that.</summary>
    public static (BigInteger R, BigInteger S)? Read(byte[] encoded)
    {
        try
        {
            var reader = new AsnReader(encoded, AsnEncodingRules.DER);
            var sequence = reader.ReadSequence();
            reader.ThrowIfNotEmpty();
            var r = sequence.ReadInteger();
            var s = sequence.ReadInteger();
            sequence.ThrowIfNotEmpty();
            return (r, s);
        }
        catch (AsnContentException)
        {
            return null;
        }
    }
}
