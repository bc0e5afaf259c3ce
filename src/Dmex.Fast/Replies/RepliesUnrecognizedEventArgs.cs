using System.Text;

namespace Dmex.Fast;

/// <summary>Many cancels were written, and no message that came matched any of them.</summary>
public sealed class RepliesUnrecognizedEventArgs : EventArgs
{
    /// <summary>The most bytes of a message that the sample keeps.</summary>
    public const int MaxSampleSize = 1024;

    /// <summary>Describes the situation.</summary>
    public RepliesUnrecognizedEventArgs(long written, long received, ReadOnlyMemory<byte> sample)
    {
        Written = written;
        Received = received;
        Sample = sample;
    }

    /// <summary>Cancels written.</summary>
    public long Written { get; }

    /// <summary>Messages received, none of which matched.</summary>
    public long Received { get; }

    /// <summary>The beginning of the last message, at most <see cref="MaxSampleSize"/> bytes.</summary>
    public ReadOnlyMemory<byte> Sample { get; }

    /// <summary>The sample as text.</summary>
    public override string ToString() =>
        $"{Written} cancels written, {Received} messages received, none matched; the last begins: {Encoding.UTF8.GetString(Sample.Span)}";
}
