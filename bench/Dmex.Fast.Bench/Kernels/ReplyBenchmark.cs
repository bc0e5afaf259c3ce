using System.Text;
using BenchmarkDotNet.Attributes;

namespace Dmex.Fast.Bench.Kernels;

/// <summary>What a reply costs its connection's reader: the common ones, a feed's messages, and messages of extreme size.</summary>
[MemoryDiagnoser]
public class ReplyBenchmark
{
    private const int Orders = 8_000;
    private const int Nested = 270_000;
    private const string Hash = "0x0a1b2c3d4e5f60718293a4b5c6d7e8f900112233445566778899aabbccddeeff";

    private readonly ReplyClassifier _classifier = new();
    private readonly Counter _sink = new();
    private readonly byte[] _confirmed = Bytes($$"""{"op":"cancel_order","status":"canceled","order_hash":"{{Hash}}"}""");
    private readonly byte[] _affirmed = Bytes($$$"""{"op":"cancel_order","success":true,"data":{"order_hash":"{{{Hash}}}","timestamp":1767225600123}}""");
    private readonly byte[] _gone = Bytes($$$"""{"op":"cancel_order","status":"error","order_hash":"{{{Hash}}}","error":{"code":"order_not_open","reason":"filled","message":"the order is not open: it was filled"}}""");
    private readonly byte[] _update = Bytes($$$"""{"op":"order_update","data":{"order_hash":"{{{Hash}}}","status":"open"}}""");
    private readonly byte[] _ticker = Bytes("""{"channel":"ticker","symbol":"btcusd","price":"64000.1","bid":"64000","ask":"64001","time":1767225600123}""");
    private readonly byte[] _list = Bytes($$"""{"op":"cancel_orders","results":[{{string.Join(',', Enumerable.Range(0, Orders).Select(Item))}}]}""");
    private readonly byte[] _nested = Bytes($"[{string.Join(',', Enumerable.Repeat("[[[[[[1]]]]]]", Nested))}]");

    [GlobalSetup]
    public void Prepare()
    {
        Switches.Confirm();
        Check.True(Confirmed() == 1 && Affirmed() == 1 && Gone() == 1 && Update() == 0 && Ticker() == 0, nameof(Confirmed));
        Check.True(List() == Orders && NestedArray() == 0, nameof(List));
    }

    [Benchmark(Baseline = true)]
    public int Confirmed() => _classifier.Classify(_confirmed, _sink).Count;

    [Benchmark]
    public int Affirmed() => _classifier.Classify(_affirmed, _sink).Count;

    [Benchmark]
    public int Gone() => _classifier.Classify(_gone, _sink).Count;

    [Benchmark]
    public int Update() => _classifier.Classify(_update, _sink).Count;

    [Benchmark]
    public int Ticker() => _classifier.Classify(_ticker, _sink).Count;

    /// <summary>840 KB with 8,000 verdicts.</summary>
    [Benchmark]
    public int List() => _classifier.Classify(_list, _sink).Count;

    /// <summary>3.8 MB with none.</summary>
    [Benchmark]
    public int NestedArray() => _classifier.Classify(_nested, _sink).Count;

    private static string Item(int number) => $$"""{"order_hash":"0x{{number:x64}}","status":"canceled"}""";

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private sealed class Counter : IReplySink
    {
        public bool OnReply(in Reply reply) => true;
    }
}
