using System.Text.Json;
using BenchmarkDotNet.Attributes;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Bench.Kernels;

/// <summary>The JSON of a cancel: from the template, and by System.Text.Json's writer, which is its fastest way.</summary>
[MemoryDiagnoser]
public class CancelMessageBenchmark
{
    private readonly byte[] _message = new byte[CancelMessage.Length];
    private readonly MemoryStream _stream = new(512);
    private readonly Utf8JsonWriter _writer;
    private Signature _signature;
    private int _next;

    public CancelMessageBenchmark() => _writer = new Utf8JsonWriter(_stream);

    [GlobalSetup]
    public void Prepare()
    {
        Switches.Confirm();
        using var key = SigningKey.FromBytes(Sample.KeyBytes);
        using var signer = new OrderSigner(key);
        signer.Sign(in Sample.Hashes[0], out _signature);
        _ = SystemTextJson();
        _next = 0;
        Check.Same(_stream.ToArray(), Template(), "The message");
    }

    [Benchmark(Baseline = true)]
    public long SystemTextJson()
    {
        Span<byte> text = stackalloc byte[OrderHash.TextLength];
        _stream.SetLength(0);
        _writer.Reset();
        _writer.WriteStartObject();
        _writer.WriteString("op"u8, "cancel_order"u8);
        _writer.WriteStartObject("data"u8);
        _ = Sample.Hashes[_next++ % Sample.Count].TryFormat(text, out _);
        _writer.WriteString("order_hash"u8, text);
        _writer.WriteNumber("v"u8, _signature.V);
        _ = new OrderHash(_signature.R).TryFormat(text, out _);
        _writer.WriteString("r"u8, text);
        _ = new OrderHash(_signature.S).TryFormat(text, out _);
        _writer.WriteString("s"u8, text);
        _writer.WriteEndObject();
        _writer.WriteEndObject();
        _writer.Flush();
        return _stream.Length;
    }

    [Benchmark]
    public byte[] Template()
    {
        CancelMessage.Write(in Sample.Hashes[_next++ % Sample.Count], in _signature, _message);
        return _message;
    }
}
