using Dmex.Fast.Signing;
using Dmex.Fast.Signing.Memory;

namespace Dmex.Fast.Bench.Timing;

/// <summary>What one timed call works on, whatever its class: the key's material and as many hashes as it signs.</summary>
internal struct TimingInput
{
    public KeyMaterial Key;

    public OrderHash Hash;
}
