using System.Runtime.InteropServices;

namespace Dmex.Fast.Cli.Output;

/// <summary>
/// Standard output or standard error. A failure is kept and never thrown: what a command did counts, whether or not it could be told. The
/// base library's stream keeps quiet about a reader that has gone. Not thread-safe.
/// </summary>
internal sealed class OutputStream : Stream
{
    private readonly int _descriptor;
    private readonly Stream? _stream;

    /// <param name="descriptor">1 or 2.</param>
    /// <param name="isOpen">Whether this process was given one; what is not is never written to.</param>
    public OutputStream(int descriptor, bool isOpen)
    {
        _descriptor = descriptor;
        _stream = OperatingSystem.IsWindows() ? (descriptor == 1 ? Console.OpenStandardOutput() : Console.OpenStandardError()) : null;
        Failure = isOpen ? null : "it is closed";
    }

    /// <summary>Why nothing is written any more; null while all was.</summary>
    public string? Failure { get; private set; }

    /// <inheritdoc/>
    public override bool CanRead => false;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (Failure is null && buffer.Length > 0)
        {
            buffer = buffer[WriteSome(buffer)..];
        }
    }

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override void Flush()
    {
        // Nothing is kept back.
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    private int WriteSome(ReadOnlySpan<byte> buffer)
    {
        if (_stream is not null)
        {
            try
            {
                _stream.Write(buffer);
                return buffer.Length;
            }
            catch (IOException error)
            {
                Failure = error.Message;
                return 0;
            }
        }

        var written = NativeCalls.Write(_descriptor, buffer, (nuint)buffer.Length);
        if (written >= 0)
        {
            return (int)written;
        }

        switch (Marshal.GetLastPInvokeError())
        {
            case NativeCalls.Interrupted:
                break;
            case NativeCalls.WouldBlock:
                Thread.Sleep(1); // somebody who shares it has made it so
                break;
            case NativeCalls.BrokenPipe:
                Failure = "its reader has gone";
                break;
            case var error:
                Failure = Marshal.GetPInvokeErrorMessage(error);
                break;
        }

        return 0;
    }
}
