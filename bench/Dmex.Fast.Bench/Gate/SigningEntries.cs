using System.Diagnostics;
using Dmex.Fast.Bench.Kernels;
using Dmex.Fast.Lab.Peers;
using Dmex.Fast.Signing.Ecdsa;

namespace Dmex.Fast.Bench.Gate;

/// <summary>What the gate times of signing: the rooms of the kernels, each with its peer.</summary>
internal static class SigningEntries
{
    private const string Library = "libsecp256k1";
    private const int EvictionBytes = 50 * 1024 * 1024;
    private const int CacheLine = 64;

    public static IEnumerable<Entry> All() => [.. Hashes(), .. Points(), .. Signatures(), .. Batches(), .. Others()];

    private static string? MissingLibrary => LibSecp256k1.IsPresent && !Plant.HidesLibrary ? null : Library;

    private static IEnumerable<Entry> Hashes()
    {
        var permutation = new Lazy<PermutationBenchmark>(() => Prepared(new PermutationBenchmark(), room => room.Prepare()));
        yield return Guarded("permutation", () => permutation.Value.One);
        yield return Guarded(
            "permutation of eight states, each", () => permutation.Value.Eight, SigningKernel.Avx512, PermutationBenchmark.Lanes);
        yield return Peer("BouncyCastle's permutation", () => Call(permutation.Value.BouncyCastle));

        var digest = new Lazy<DigestBenchmark>(() => Prepared(new DigestBenchmark(), room => room.Prepare()));
        yield return Guarded("digest", () => Call(digest.Value.PrefixedState));
        yield return Peer("BouncyCastle's digest", () => Call(digest.Value.BouncyCastle));

        var nonce = new Lazy<NonceBenchmark>(() => Prepared(new NonceBenchmark(), room => room.Prepare()));
        yield return Guarded("nonce", () => nonce.Value.One);
        yield return Guarded("nonce of sixteen digests, each", () => nonce.Value.Sixteen, SigningKernel.Avx512, NonceBenchmark.Lanes);
        yield return Peer("BouncyCastle's nonce", () => Call(nonce.Value.BouncyCastle));
    }

    private static IEnumerable<Entry> Points()
    {
        foreach (var kernel in Enum.GetValues<SigningKernel>())
        {
            yield return Guarded($"k·G and inverse, {kernel}", () => Multiply(kernel.ToString()), kernel);
        }

        yield return Peer($"{Library} k·G", () => Multiply(MultiplyBenchmark.LibSecp256k1Name), MissingLibrary);

        var inversion = new Lazy<InversionBenchmark>(() => Prepared(new InversionBenchmark(), room => room.Prepare()));
        yield return Guarded("inversions, one by one", () => inversion.Value.OneByOne);
        yield return Guarded("inversions, both at once", () => inversion.Value.Pair, SigningKernel.Avx512);
        yield return Peer("BouncyCastle's inversions", () => Call(inversion.Value.BouncyCastle));
    }

    private static IEnumerable<Entry> Signatures()
    {
        foreach (var kernel in Enum.GetValues<SigningKernel>())
        {
            yield return Guarded($"signature, {kernel}", () => Plant.SlowSigner(Sign(kernel.ToString())), kernel);
            yield return Guarded($"signature, {kernel}, verified", () => Sign(kernel + SignatureBenchmark.WithVerification), kernel);
        }

        yield return Guarded(
            "signature beside managed libraries, verified", () => Sign(SigningKernels.Best + SignatureBenchmark.WithVerification));
        foreach (var library in (string[])[SignatureBenchmark.NBitcoinName, SignatureBenchmark.NethereumName,
            SignatureBenchmark.BouncyCastleName])
        {
            yield return Peer($"{library}'s signature", () => Sign(library));
        }

        yield return Peer($"{Library} signature", () => Sign(SignatureBenchmark.LibSecp256k1Name), MissingLibrary);
        yield return new Entry(
            "signature after 50 MB, verified", () => Cold(Sign(SigningKernels.Best + SignatureBenchmark.WithVerification)))
        {
            IsGuarded = true,
        };
        yield return new Entry(
            $"{Library} signature after 50 MB, verified",
            () => Cold(Sign(SignatureBenchmark.LibSecp256k1Name + SignatureBenchmark.WithVerification)))
        {
            MissingLibrary = MissingLibrary,
        };
    }

    private static IEnumerable<Entry> Batches()
    {
        foreach (var kernel in Enum.GetValues<SigningKernel>().Where(kernel => kernel != SigningKernel.Portable))
        {
            foreach (var verified in (bool[])[false, true])
            {
                var size = new BatchBenchmark().Size;
                yield return Guarded(
                    $"batch of {size}, {kernel}{(verified ? SignatureBenchmark.WithVerification : string.Empty)}, each",
                    () =>
                        Prepared(
                            new BatchBenchmark { Implementation = kernel.ToString(), VerifyAfterSign = verified }, room => room.Prepare())
                                .Sign,
                    kernel,
                    size);
            }
        }
    }

    private static IEnumerable<Entry> Others()
    {
        yield return Guarded("recovery", () => Call(Prepared(new RecoveryBenchmark(), room => room.PrepareOurs()).Recover));
        yield return Peer(
            $"{Library} recovery", () => Call(Prepared(new RecoveryBenchmark(), room => room.PrepareLibrary()).LibSecp256k1Recover),
            MissingLibrary);
    }

    private static Action Multiply(string implementation) =>
        Prepared(new MultiplyBenchmark { Implementation = implementation }, room => room.Prepare()).Multiply;

    private static Action Sign(string implementation) =>
        Call(Prepared(new SignatureBenchmark { Implementation = implementation }, room => room.Prepare()).Sign);

    /// <summary>One call at a time, after 50 MB of other data have gone through the caches.</summary>
    private static Side Cold(Action call)
    {
        var other = new byte[EvictionBytes];
        return Side.Whole(() =>
        {
            for (var i = 0; i < other.Length; i += CacheLine)
            {
                other[i]++;
            }

            var started = Stopwatch.GetTimestamp();
            call();
            return Stopwatch.GetElapsedTime(started).TotalNanoseconds;
        });
    }

    private static Entry Guarded(string name, Func<Action> make, SigningKernel? kernel = null, int units = 1) =>
        new(name, () => Side.Mean(make(), units)) { IsGuarded = true, Units = units, Kernel = kernel };

    private static Entry Peer(string name, Func<Action> make, string? missingLibrary = null) =>
        new(name, () => Side.Mean(make())) { MissingLibrary = missingLibrary };

    private static T Prepared<T>(T room, Action<T> prepare)
    {
        prepare(room);
        return room;
    }

    private static Action Call<T>(Func<T> function) => () => _ = function();
}
