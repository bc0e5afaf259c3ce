using System.Runtime.CompilerServices;

namespace Dmex.Fast.Signing.Hashing;

/// <summary>The 1,600 bits of a Keccak state: 25 lanes of 64 bits, lane x + 5y at index x + 5y (FIPS 202, section 3.1.2).</summary>
[InlineArray(Lanes)]
internal struct KeccakState
{
    public const int Lanes = 25;

    private ulong _lane;
}
