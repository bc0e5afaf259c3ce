using System.IO.Pipelines;
using System.Runtime.InteropServices;
using System.Text;
using Dmex.Fast.Connections;
using Dmex.Fast.Tests.Support;
using Dmex.Fast.Transport;
using Xunit;

namespace Dmex.Fast.Tests.Unit.Connections;

/// <summary>Frames whose sender leaves their memory as it is until it is told what became of them.</summary>
public sealed class LentFramesTests : IDisposable, ISendObserver
{
    private readonly List<Exception> _faults = [];
    private readonly List<Exception> _failures = [];
    private readonly List<(string State, SendOutcomeKind Kind)> _told = [];
    private readonly StallingWriter _writer = new();
    private readonly WorkerThread _worker;
    private readonly SendQueue _queue;

    public LentFramesTests()
    {
        _worker = new WorkerThread("test-worker", _faults.Add);
        _queue = new SendQueue(_writer, new FlushWorker(_worker), 7, 70, 32, 16, _failures.Add, _faults.Add);
    }

    public void Dispose() => _worker.Dispose();

    bool ISendObserver.IsWanted(object state, uint generation) => true;

    void ISendObserver.Sent(object state, uint generation, in SendOutcome outcome) => _told.Add(((string)state, outcome.Kind));

    [Fact]
    public void They_are_written_from_where_they_lie_when_nothing_goes_before_them()
    {
        var lent = Lend("frames");

        Assert.Equal([("frames", SendOutcomeKind.Written)], _told);
        Assert.True(MemoryMarshal.TryGetArray(Assert.Single(_writer.Written), out var written));
        Assert.Same(lent, written.Array);
    }

    [Fact]
    public async Task They_are_told_once_they_have_gone_and_what_came_meanwhile_goes_after_them_in_its_order()
    {
        _writer.Stalled = new TaskCompletionSource<FlushResult>();
        _ = Lend("first");
        var second = Lend("second");
        _queue.SendPing("PING"u8);
        var third = _queue.SendAsync("third"u8, default).AsTask();
        Assert.Empty(_told);
        Assert.Equal("first", Text());

        _writer.GoOn();

        Assert.Equal("firstsecondthirdPING", Text());
        Assert.Equal([("first", SendOutcomeKind.Written), ("second", SendOutcomeKind.Written)], _told);
        Assert.Equal(SendOutcomeKind.Written, (await third.Soon()).Kind);
        Assert.DoesNotContain(_writer.Written.Skip(1), memory => MemoryMarshal.TryGetArray(memory, out var array) && array.Array == second);
    }

    [Fact]
    public void A_close_that_drops_what_is_queued_leaves_them_where_they_are_on_their_way()
    {
        _writer.Stalled = new TaskCompletionSource<FlushResult>();
        _ = Lend("first");
        _ = Lend("second");
        _queue.SendClose("CLOSE"u8, dropQueued: true);
        Assert.Equal([("second", SendOutcomeKind.NotSent)], _told);

        _writer.GoOn();

        Assert.Equal("firstCLOSE", Text());
        Assert.Equal([("second", SendOutcomeKind.NotSent), ("first", SendOutcomeKind.Written)], _told);
    }

    [Fact]
    public void When_writing_them_fails_at_once_or_after_a_stall_what_became_of_them_is_unknown()
    {
        _writer.Stalled = new TaskCompletionSource<FlushResult>();
        _ = Lend("stalled");
        _writer.Break();
        Assert.Equal([("stalled", SendOutcomeKind.Unknown)], _told);
        _ = Lend("late");
        Assert.Equal(("late", SendOutcomeKind.NotSent), _told[^1]);

        var broken = new StallingWriter { Stalled = new TaskCompletionSource<FlushResult>() };
        broken.Break();
        var queue = new SendQueue(broken, new FlushWorker(_worker), 7, 70, 32, 16, _failures.Add, _faults.Add);
        queue.SendLent("frames"u8.ToArray(), this, "at once");
        Assert.Equal(("at once", SendOutcomeKind.Unknown), _told[^1]);
        Assert.Equal(2, _failures.Count);
    }

    private byte[] Lend(string frames)
    {
        var lent = Encoding.ASCII.GetBytes(frames);
        _queue.SendLent(lent, this, frames);
        return lent;
    }

    private string Text() => string.Concat(_writer.Written.Select(memory => Encoding.ASCII.GetString(memory.Span)));

    /// <summary>Keeps what it is given, and completes the first write when it is told to.</summary>
    private sealed class StallingWriter : PipeWriter
    {
        public List<ReadOnlyMemory<byte>> Written { get; } = [];

        public TaskCompletionSource<FlushResult>? Stalled { get; set; }

        public void GoOn() => Stalled!.SetResult(default);

        public void Break() => Stalled!.SetException(new IOException("broken"));

        public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
        {
            Written.Add(source);
            return Stalled is { } stalled && Written.Count == 1 ? new ValueTask<FlushResult>(stalled.Task) : default;
        }

        public override void Advance(int bytes) => throw new NotSupportedException();

        public override Memory<byte> GetMemory(int sizeHint = 0) => throw new NotSupportedException();

        public override Span<byte> GetSpan(int sizeHint = 0) => throw new NotSupportedException();

        public override void CancelPendingFlush() => throw new NotSupportedException();

        public override void Complete(Exception? exception = null) => throw new NotSupportedException();

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();
    }
}
