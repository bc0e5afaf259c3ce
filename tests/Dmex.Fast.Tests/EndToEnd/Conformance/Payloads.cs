using Dmex.Fast.Tests.Unit.WebSockets;
using Dmex.Fast.WebSockets;

namespace Dmex.Fast.Tests.EndToEnd.Conformance;

/// <summary>Long payloads, and messages in many frames.</summary>
internal static class Payloads
{
    /// <summary>So many octets of the pattern, over and over; the last time maybe cut.</summary>
    public static byte[] Repeat(ReadOnlySpan<byte> pattern, int length)
    {
        var payload = new byte[length];
        for (var at = 0; at < length; at += pattern.Length)
        {
            pattern[..Math.Min(pattern.Length, length - at)].CopyTo(payload.AsSpan(at));
        }

        return payload;
    }

    /// <summary>A message in frames of so many octets of payload, and one of the rest.</summary>
    public static byte[][] Fragments(Opcode opcode, ReadOnlySpan<byte> payload, int octets)
    {
        var frames = new List<byte[]>();
        for (var at = 0; at < payload.Length; at += octets)
        {
            var end = Math.Min(at + octets, payload.Length);
            frames.Add(ServerFrames.Frame(at == 0 ? opcode : Opcode.Continuation, payload[at..end], fin: end == payload.Length));
        }

        return [.. frames];
    }

    /// <summary>The frames in one run of bytes.</summary>
    public static byte[] Join(byte[][] frames)
    {
        if (frames is [var single])
        {
            return single;
        }

        using var bytes = new MemoryStream();
        foreach (var frame in frames)
        {
            bytes.Write(frame);
        }

        return bytes.ToArray();
    }
}
