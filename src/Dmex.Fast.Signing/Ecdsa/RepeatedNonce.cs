using System.Buffers.Binary;

namespace Dmex.Fast.Signing.Ecdsa;

/// <summary>
/// Finds two signatures of one r for different hashes: they have one nonce and together give the key away, though each is valid.
/// Public values only.
/// </summary>
internal static class RepeatedNonce
{
    private const int Slots = 512;

    /// <summary>Whether a block of at most 128 signatures has such a pair.</summary>
    /// <param name="hashes">What was signed; a hash may stand there more than once.</param>
    /// <param name="signatures">As many signatures.</param>
    public static bool IsIn(ReadOnlySpan<OrderHash> hashes, ReadOnlySpan<Signature> signatures)
    {
        // Open addressing by r's lowest bits; a slot holds an index plus one.
        Span<byte> slots = stackalloc byte[Slots];
        slots.Clear();
        for (var i = 0; i < signatures.Length; i++)
        {
            var r = signatures[i].R;
            var slot = (int)(BinaryPrimitives.ReadUInt32BigEndian(r[28..]) % Slots);
            for (; slots[slot] != 0; slot = (slot + 1) % Slots)
            {
                var other = slots[slot] - 1;
                if (r.SequenceEqual(signatures[other].R))
                {
                    if (hashes[i] != hashes[other])
                    {
                        return true;
                    }

                    break;
                }
            }

            slots[slot] = (byte)(i + 1);
        }

        return false;
    }
}
