using BenchmarkDotNet.Attributes;
using Dmex.Fast.Signing;
using Dmex.Fast.Signing.Ecdsa;

namespace Dmex.Fast.Bench.Kernels;

/// <summary>A burst of signatures with one key: the time of the whole batch, by each kernel that has one, and one by one.</summary>
[MemoryDiagnoser]
public class BatchBenchmark
{
    private const string OneByOne = "one by one";
    private const int MaxSize = 1024;

    private readonly SigningKey _key = SigningKey.FromBytes(Sample.KeyBytes);
    private OrderHash[] _hashes = [];
    private Signature[] _signatures = [];
    private Action _sign = () => { };

    public static IEnumerable<string> Implementations() =>
        Enum.GetValues<SigningKernel>().Where(SigningKernels.IsSupported).Select(kernel => kernel.ToString()).Append(OneByOne);

    [ParamsSource(nameof(Implementations))]
    public string Implementation { get; set; } = OneByOne;

    [Params(1, 16, 64, MaxSize)]
    public int Size { get; set; } = MaxSize;

    [Params(true, false)]
    public bool VerifyAfterSign { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        Switches.Confirm();
        _hashes = [.. Enumerable.Range(0, Size).Select(i => Sample.Hashes[i % Sample.Count])];
        _signatures = new Signature[Size];
        var single = new OrderSigner(_key, VerifyAfterSign);
        SignOneByOne(single);
        var expected = (Signature[])_signatures.Clone();
        if (Implementation is OneByOne)
        {
            _sign = () => SignOneByOne(single);
        }
        else
        {
            var batch = new BatchSigner(_key, VerifyAfterSign, Enum.Parse<SigningKernel>(Implementation));
            _sign = () => batch.Sign(_hashes, _signatures);
        }

        Array.Clear(_signatures);
        Sign();
        Check.True(expected.AsSpan().SequenceEqual(_signatures), "A batch's equality with single signatures");
    }

    [Benchmark]
    public void Sign() => _sign();

    private void SignOneByOne(OrderSigner signer)
    {
        for (var i = 0; i < _hashes.Length; i++)
        {
            signer.Sign(in _hashes[i], out _signatures[i]);
        }
    }
}
