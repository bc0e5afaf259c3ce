using BenchmarkDotNet.Attributes;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Bench.Signing;

/// <summary>A burst of signatures with one key, each by the best kernel: the time of the whole batch.</summary>
[MemoryDiagnoser]
public class BatchBenchmark
{
    private readonly Signature[] _signatures = new Signature[Sample.Count];
    private readonly SigningKey _key = SigningKey.FromBytes(Sample.KeyBytes);
    private BatchSigner? _batch;
    private OrderSigner? _single;

    [Params(1, 16, 64, Sample.Count)]
    public int Size { get; set; }

    [Params(true, false)]
    public bool VerifyAfterSign { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        _batch = new BatchSigner(_key, VerifyAfterSign);
        _single = new OrderSigner(_key, VerifyAfterSign);
        _ = OneByOne();
        var expected = (Signature[])_signatures.Clone();
        _ = Batch();
        Check.True(expected.AsSpan(0, Size).SequenceEqual(_signatures.AsSpan(0, Size)), "A batch's equality with single signatures");
    }

    [Benchmark(Baseline = true)]
    public Signature[] OneByOne()
    {
        for (var i = 0; i < Size; i++)
        {
            _single!.Sign(in Sample.Hashes[i], out _signatures[i]);
        }

        return _signatures;
    }

    [Benchmark]
    public Signature[] Batch()
    {
        _batch!.Sign(Sample.Hashes.AsSpan(0, Size), _signatures);
        return _signatures;
    }
}
