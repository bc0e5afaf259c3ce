using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using BenchmarkDotNet.Attributes;
using Dmex.Fast.Signing;
using Dmex.Fast.Signing.Ecdsa;
using Dmex.Fast.Signing.Hashing;
using Org.BouncyCastle.Crypto.Digests;

namespace Dmex.Fast.Bench.Kernels;

/// <summary>
/// Keccak-f[1600]: one state, and with AVX-512 eight side by side. BouncyCastle does not offer its permutation alone: its
/// digest of a message shorter than a block is one, and little else.
/// </summary>
[MemoryDiagnoser]
public unsafe class PermutationBenchmark
{
    /// <summary>States side by side.</summary>
    public const int Lanes = 8;

    private readonly byte[] _message = new byte[OrderHash.Size];
    private readonly byte[] _digest = new byte[Keccak256.DigestSize];
    private readonly KeccakDigest _keccak = new(256);
    private readonly Vector512<ulong>* _states =
        (Vector512<ulong>*)NativeMemory.AlignedAlloc(
            (nuint)(KeccakState.Lanes * sizeof(Vector512<ulong>)), (nuint)sizeof(Vector512<ulong>));

    private KeccakState _state;

    /// <summary>Whether this processor has what <see cref="Eight"/> needs.</summary>
    public static bool HasEight => SigningKernels.IsSupported(SigningKernel.Avx512);

    [GlobalSetup]
    public void Prepare()
    {
        Switches.Confirm();
        KeccakState state = default;
        KeccakPermutation.Permute(ref state);
        // The Keccak team's KeccakF-1600-IntermediateValues
        Check.True(state[0] == 0xF1258F7940E1DDE7, "The first lane of the permutation of zeros");
        if (!HasEight)
        {
            return;
        }

        for (var lane = 0; lane < KeccakState.Lanes; lane++)
        {
            _states[lane] = default;
        }

        KeccakPermutationX8.Permute(_states);
        for (var lane = 0; lane < KeccakState.Lanes; lane++)
        {
            Check.True(_states[lane] == Vector512.Create(state[lane]), $"Lane {lane} of eight states' permutation");
        }
    }

    [Benchmark(Baseline = true)]
    public byte[] BouncyCastle()
    {
        _keccak.BlockUpdate(_message, 0, _message.Length);
        _ = _keccak.DoFinal(_digest);
        return _digest;
    }

    [Benchmark]
    public void One() => KeccakPermutation.Permute(ref _state);

    [Benchmark(OperationsPerInvoke = Lanes)]
    public void Eight()
    {
        Check.True(HasEight, "The presence of AVX-512");
        KeccakPermutationX8.Permute(_states);
    }
}
