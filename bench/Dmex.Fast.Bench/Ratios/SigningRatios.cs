using System.Diagnostics;
using Dmex.Fast.Signing;
using Dmex.Fast.Signing.Hashing;
using Dmex.Fast.Tests.Support;

namespace Dmex.Fast.Bench.Ratios;

/// <summary>
/// How long each way of signing takes against libsecp256k1 in the same run: the paths take turns, round after round, and
/// their minimums are compared, so that a busy phase of the machine strikes all alike.
/// </summary>
internal sealed class SigningRatios : IDisposable
{
    private const int BatchSize = 1024;
    private const int EvictionBytes = 50 * 1024 * 1024;
    private const int CacheLine = 64;

    private readonly LibSecp256k1 _peer = new();
    private readonly SigningKey _key = SigningKey.FromBytes(Sample.KeyBytes);
    private readonly List<IDisposable> _signers = [];
    private readonly byte[][] _digests = new byte[Sample.Count][];
    private readonly OrderHash[] _batch = new OrderHash[BatchSize];
    private readonly Signature[] _batchSignatures = new Signature[BatchSize];
    private readonly byte[] _other = new byte[EvictionBytes];
    private Signature _signature;
    private EthereumAddress _address;

    public SigningRatios()
    {
        for (var i = 0; i < Sample.Count; i++)
        {
            _digests[i] = new byte[Keccak256.DigestSize];
            PersonalMessage.Digest(in Sample.Hashes[i], _digests[i]);
        }

        for (var i = 0; i < BatchSize; i++)
        {
            _batch[i] = Sample.Hashes[i % Sample.Count];
        }
    }

    /// <summary>Measures and prints; returns the ratios by name.</summary>
    public IReadOnlyList<(string Name, double Value, string Unit)> Run(int rounds)
    {
        var paths = Paths();
        foreach (var path in paths)
        {
            CheckPath(path);
        }

        var best = paths.ToDictionary(path => path.Name, _ => double.MaxValue, StringComparer.Ordinal);
        for (var round = 0; round < rounds; round++)
        {
            foreach (var path in paths)
            {
                var started = Stopwatch.GetTimestamp();
                for (var i = 0; i < path.Calls; i++)
                {
                    path.Call(i);
                }

                best[path.Name] = Math.Min(best[path.Name], Stopwatch.GetElapsedTime(started).TotalNanoseconds / path.Calls / path.Signatures);
            }
        }

        var metrics = new List<(string, double, string)>();
        var reference = 0.0;
        foreach (var path in paths)
        {
            reference = path.IsReference ? best[path.Name] : reference;
            metrics.Add((path.Name, best[path.Name] / 1000, "us"));
            metrics.Add((path.Name + " ratio", best[path.Name] / reference, "ratio"));
        }

        metrics.AddRange(Cold(paths[0], paths.First(path => string.Equals(path.Name, Name(SigningKernels.Best), StringComparison.Ordinal)), rounds));
        return metrics;
    }

    public void Dispose()
    {
        _signers.ForEach(signer => signer.Dispose());
        _key.Dispose();
        _peer.Dispose();
    }

    private static string Name(SigningKernel kernel) => $"signature, {kernel}";

    private List<TimedPath> Paths()
    {
        List<TimedPath> paths =
        [
            new("libsecp256k1 signature of a digest", 100, 1, i => _signature = _peer.Sign(_digests[i % Sample.Count], Sample.KeyBytes), IsReference: true),
        ];
        foreach (var kernel in Enum.GetValues<SigningKernel>().Where(SigningKernels.IsSupported))
        {
            var unverified = Keep(new OrderSigner(_key, verifyAfterSign: false, kernel));
            var verified = Keep(new OrderSigner(_key, verifyAfterSign: true, kernel));
            paths.Add(new(Name(kernel), 100, 1, i => unverified.Sign(in Sample.Hashes[i % Sample.Count], out _signature)));
            paths.Add(new(Name(kernel) + ", verified", 100, 1, i => verified.Sign(in Sample.Hashes[i % Sample.Count], out _signature)));
            if (kernel != SigningKernel.Portable)
            {
                var batch = Keep(new BatchSigner(_key, verifyAfterSign: false, kernel));
                var verifiedBatch = Keep(new BatchSigner(_key, verifyAfterSign: true, kernel));
                paths.Add(new($"batch of {BatchSize}, {kernel}, each", 1, BatchSize, _ => batch.Sign(_batch, _batchSignatures)));
                paths.Add(new($"batch of {BatchSize}, {kernel}, verified, each", 1, BatchSize, _ => verifiedBatch.Sign(_batch, _batchSignatures)));
            }
        }

        var publicKey = new byte[SigningKey.PublicKeySize];
        var signature = _peer.Sign(_digests[0], Sample.KeyBytes);
        paths.Add(new("libsecp256k1 recovery", 100, 1, _ => _peer.TryRecover(_digests[0], in signature, publicKey), IsReference: true));
        paths.Add(new("recovery", 100, 1, _ => SignerRecovery.TryRecoverDigest(_digests[0], in signature, out _address)));
        return paths;
    }

    private T Keep<T>(T signer)
        where T : IDisposable
    {
        _signers.Add(signer);
        return signer;
    }

    /// <summary>Calls a path once and compares what it gives with libsecp256k1; this also compiles it and builds its tables.</summary>
    private void CheckPath(TimedPath path)
    {
        _signature = default;
        _address = default;
        path.Call(0);
        var expected = _peer.Sign(_digests[0], Sample.KeyBytes);
        var actual = path.Signatures > 1 ? _batchSignatures[0] : _signature;
        if (path.Name.Contains("recovery", StringComparison.Ordinal))
        {
            Check.True(path.IsReference || _address == _key.Address, path.Name);
        }
        else
        {
            Check.Same(expected.AsSpan(), actual.AsSpan(), path.Name);
            Check.True(expected.V == actual.V, path.Name + ": v");
        }
    }

    /// <summary>One call at a time, after 50 MB of other data have gone through the caches; medians, since a minimum would find the warm case.</summary>
    private IEnumerable<(string Name, double Value, string Unit)> Cold(TimedPath reference, TimedPath path, int rounds)
    {
        var times = new double[2][];
        times[0] = new double[rounds];
        times[1] = new double[rounds];
        for (var round = 0; round < rounds; round++)
        {
            times[0][round] = ColdCall(reference, round);
            times[1][round] = ColdCall(path, round);
        }

        Array.Sort(times[0]);
        Array.Sort(times[1]);
        var (peer, own) = (times[0][rounds / 2], times[1][rounds / 2]);
        yield return ("libsecp256k1 signature after 50 MB", peer, "us");
        yield return (path.Name + " after 50 MB", own, "us");
        yield return (path.Name + " after 50 MB ratio", own / peer, "ratio");
    }

    private double ColdCall(TimedPath path, int round)
    {
        for (var i = 0; i < _other.Length; i += CacheLine)
        {
            _other[i]++;
        }

        var started = Stopwatch.GetTimestamp();
        path.Call(round);
        return Stopwatch.GetElapsedTime(started).TotalMicroseconds;
    }

    /// <summary>What is timed: so many calls a round, each giving so many signatures; what follows a reference is compared with it.</summary>
    private sealed record TimedPath(string Name, int Calls, int Signatures, Action<int> Call, bool IsReference = false);
}
