using System.Runtime.CompilerServices;

namespace Dmex.Fast.Venue.Verification;

/// <summary>r‖s, each 32 bytes, big-endian.</summary>
[InlineArray(Size)]
internal struct SignatureScalars
{
    public const int Size = 64;

    private byte _first;
}
