using System.Runtime.CompilerServices;

namespace Dmex.Fast.Venue.Orders;

/// <summary>The 20 bytes of an Ethereum address, as the venue keeps the owner of an order.</summary>
[InlineArray(Size)]
internal struct VenueAddress
{
    public const int Size = 20;

    private byte _first;

    public static VenueAddress From(ReadOnlySpan<byte> bytes, string parameterName)
    {
        if (bytes.Length != Size)
        {
            throw new ArgumentException($"An owner's address has {Size} bytes, not {bytes.Length}.", parameterName);
        }

        VenueAddress address = default;
        bytes.CopyTo(address);
        return address;
    }

    public readonly bool SameAs(ReadOnlySpan<byte> other) => ((ReadOnlySpan<byte>)this).SequenceEqual(other);

    public override readonly string ToString() => "0x" + Convert.ToHexStringLower(this);
}
