using System.Runtime.CompilerServices;
using Dmex.Fast.Signing;
using Dmex.Fast.Signing.Ecdsa;

namespace Dmex.Fast.Bench.Timing;

/// <summary>
/// The signature of <see cref="TimedSignature"/> with a leak of the textbook's kind before it: a step for each bit of one
/// word of the key that is set, some nanoseconds in all. The test must find it.
/// </summary>
internal sealed unsafe class TimedLeak(SigningKey key, SigningKernel kernel) : ITimedCall
{
    private readonly TimedSignature _signature = new(key, kernel);
    private ulong _sum;

    public string Name => $"{_signature.Name}, with a planted leak";

    public void Load(in TimingInput input) => _signature.Load(in input);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run()
    {
        for (var word = key.Material->Words[7]; word != 0; word >>= 1)
        {
            if ((word & 1) != 0)
            {
                _sum = (_sum * 0x9E3779B97F4A7C15) ^ (_sum >> 29);
            }
        }

        _signature.Run();
    }

    public void Dispose() => _signature.Dispose();
}
