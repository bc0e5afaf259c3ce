using Dmex.Fast.Client;
using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.Unit.Client;

public sealed class EventThreadTests
{
    private readonly List<string> _seen = [];
    private readonly List<Exception> _failures = [];

    [Fact]
    public void Notices_and_messages_are_handled_in_order_on_one_thread_of_its_own()
    {
        using var events = Events(message => Note($"m{message.Payload.Span[0]}"));
        var threads = new HashSet<int>();
        for (byte i = 0; i < 50; i++)
        {
            events.PostMessage(Message([i]));
            events.PostNotice(() => threads.Add(Environment.CurrentManagedThreadId));
        }

        Assert.True(events.Stop(Wait.Long));
        Assert.Equal(string.Join(' ', Enumerable.Range(0, 50).Select(i => $"m{i}")), string.Join(' ', _seen));
        Assert.DoesNotContain(Environment.CurrentManagedThreadId, threads);
        _ = Assert.Single(threads);
    }

    [Fact]
    public void A_slow_handler_loses_the_oldest_messages_and_they_are_counted()
    {
        using var gate = new ManualResetEventSlim();
        using var started = new ManualResetEventSlim();
        using var events = Events(
            message =>
            {
                started.Set();
                gate.Wait();
                Note($"{message.Payload.Span[0]}");
            },
            messages: 3);
        events.PostMessage(Message([0]));
        Assert.True(started.Wait(Wait.Long), "the handler runs");
        for (byte i = 1; i <= 5; i++)
        {
            events.PostMessage(Message([i]));
        }

        gate.Set();
        Assert.True(events.Stop(Wait.Long));
        Assert.Equal("0 3 4 5", string.Join(' ', _seen));
        Assert.Equal(2, events.DroppedMessages);
    }

    [Fact]
    public void Messages_are_bounded_by_their_bytes_too()
    {
        using var gate = new ManualResetEventSlim();
        using var started = new ManualResetEventSlim();
        using var events = Events(
            message =>
            {
                started.Set();
                gate.Wait();
                Note($"{message.Payload.Length}");
            },
            bytes: 100);
        events.PostMessage(Message([0]));
        Assert.True(started.Wait(Wait.Long), "the handler runs");
        events.PostMessage(Message(new byte[60]));
        events.PostMessage(Message(new byte[50]));
        events.PostMessage(Message(new byte[200])); // larger than all, and kept alone
        gate.Set();
        Assert.True(events.Stop(Wait.Long));
        Assert.Equal("1 200", string.Join(' ', _seen));
        Assert.Equal(2, events.DroppedMessages);
    }

    [Fact]
    public void A_slow_handler_loses_the_oldest_notices_and_they_are_counted()
    {
        using var gate = new ManualResetEventSlim();
        using var started = new ManualResetEventSlim();
        using var events = Events(_ => { }, notices: 2);
        events.PostNotice(() =>
        {
            started.Set();
            gate.Wait();
        });
        Assert.True(started.Wait(Wait.Long), "the handler runs");
        for (var i = 1; i <= 3; i++)
        {
            var text = $"{i}";
            events.PostNotice(() => Note(text));
        }

        gate.Set();
        Assert.True(events.Stop(Wait.Long));
        Assert.Equal("2 3", string.Join(' ', _seen));
        Assert.Equal(1, events.DroppedNotices);
    }

    [Fact]
    public void A_handler_that_throws_is_reported_and_the_next_one_runs()
    {
        using var events = Events(_ => throw new InvalidOperationException("handler"));
        events.PostMessage(Message([1]));
        events.PostNotice(() => Note("after"));
        Assert.True(events.Stop(Wait.Long));
        Assert.Equal("handler", Assert.Single(_failures).Message);
        Assert.Equal("after", Assert.Single(_seen));
    }

    [Fact]
    public void Stopping_does_not_wait_for_ever_nor_for_itself()
    {
        using var gate = new ManualResetEventSlim();
        using var events = Events(_ => gate.Wait());
        events.PostMessage(Message([1]));
        Assert.False(events.Stop(TimeSpan.FromMilliseconds(50)));
        events.PostMessage(Message([2]));
        gate.Set();
        Assert.True(events.Stop(Wait.Long));

        EventThread? self = null;
        var stopped = false;
        using var ready = new ManualResetEventSlim();
        self = Events(_ =>
        {
            ready.Wait();
            stopped = self!.Stop(Wait.Long);
        });
        ready.Set();
        self.PostMessage(Message([1]));
        Wait.UntilSync(() => Volatile.Read(ref stopped), "a handler stops its own thread");
    }

    [Fact]
    public void What_comes_before_the_handlers_are_there_waits_for_them()
    {
        using var events = new EventThread("test-events", 10, 10, 1000, m => Note($"{m.Payload.Span[0]}"), _failures.Add);
        events.PostMessage(Message([1]));
        events.PostNotice(() => Note("notice"));
        Thread.Sleep(20);
        Assert.Empty(_seen);
        events.Release();
        events.PostMessage(Message([2]));
        Assert.True(events.Stop(Wait.Long));
        Assert.Equal("notice 1 2", string.Join(' ', _seen));
    }

    private EventThread Events(Action<MessageReceivedEventArgs> message, int notices = 1000, int messages = 1000, long bytes = 1 << 20)
    {
        var events = new EventThread("test-events", notices, messages, bytes, message, _failures.Add);
        events.Release();
        return events;
    }

    private static MessageReceivedEventArgs Message(byte[] payload) => new(payload, isText: true);

    private void Note(string text)
    {
        lock (_seen)
        {
            _seen.Add(text);
        }
    }
}
