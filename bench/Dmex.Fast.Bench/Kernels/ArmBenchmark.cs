using BenchmarkDotNet.Attributes;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Bench.Kernels;

/// <summary>
/// An order into the book and out again: signed there, with a signature that is at hand, the same with a file, and the signature alone.
/// </summary>
[MemoryDiagnoser]
public class ArmBenchmark
{
    private const int Capacity = 10_000;
    private readonly SigningKey _key = SigningKey.FromBytes(Sample.KeyBytes);
    private readonly Signature[] _signatures = new Signature[Sample.Count];
    private readonly CancelBook _book;
    private readonly CancelBook _trusting;
    private readonly CancelBook _recorded;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dmex-bench-");
    private readonly OrderSigner _signer;
    private Signature _signature;
    private int _next;

    public ArmBenchmark()
    {
        var endpoint = new Uri("wss://venue.example/ws");
        _book = CancelBook.Create(new CancelBookOptions { Capacity = Capacity, Endpoint = endpoint }, _key);
        var options = new CancelBookOptions { Capacity = Capacity, Endpoint = endpoint, Account = _key.Address, VerifyArmed = false };
        _trusting = CancelBook.Create(options);
        _recorded = CancelBook.CreateFile(Path.Combine(_folder.FullName, "orders.book"), options);
        _signer = new OrderSigner(_key);
    }

    [GlobalSetup]
    public void Prepare()
    {
        Switches.Confirm();
        for (var i = 0; i < Sample.Count; i++)
        {
            _signer.Sign(in Sample.Hashes[i], out _signatures[i]);
        }

        Check.True(_book.Arm(Sample.Hashes[0], 1) == ArmResult.Armed && _book.Count == 1, "The order is armed");
        Check.True(_book.Disarm(Sample.Hashes[0]) == DisarmResult.Removed, "The order is disarmed");
        Check.True(_trusting.Arm(Sample.Hashes[0], _signatures[0], 1) == ArmResult.Armed, "The order is armed with its signature");
        Check.True(_trusting.Disarm(Sample.Hashes[0]) == DisarmResult.Removed, "The order is disarmed");
    }

    [GlobalCleanup]
    public void Clean()
    {
        _recorded.Dispose();
        _folder.Delete(recursive: true);
    }

    [Benchmark]
    public void ArmAndDisarm()
    {
        var i = _next++ % Sample.Count;
        _ = _book.Arm(in Sample.Hashes[i], 1);
        _ = _book.Disarm(in Sample.Hashes[i]);
    }

    [Benchmark]
    public void ArmSignedAndDisarm()
    {
        var i = _next++ % Sample.Count;
        _ = _trusting.Arm(in Sample.Hashes[i], in _signatures[i], 1);
        _ = _trusting.Disarm(in Sample.Hashes[i]);
    }

    [Benchmark]
    public void ArmSignedAndDisarmInFile()
    {
        var i = _next++ % Sample.Count;
        _ = _recorded.Arm(in Sample.Hashes[i], in _signatures[i], 1);
        _ = _recorded.Disarm(in Sample.Hashes[i]);
    }

    [Benchmark(Baseline = true)]
    public void Sign() => _signer.Sign(in Sample.Hashes[_next++ % Sample.Count], out _signature);
}
