using System.Net;
using System.Net.Sockets;
using Dmex.Fast.Tests.Support;
using Dmex.Fast.Transport;
using Xunit;

namespace Dmex.Fast.Tests.EndToEnd.Transport;

public sealed class SocketConnectionTests : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly WorkerThread _worker = new("test-worker", _ => { });
    private readonly FlushWorker _flushes;

    public SocketConnectionTests()
    {
        _flushes = new FlushWorker(_worker);
        _listener.Start();
    }

    private int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public void Dispose()
    {
        _listener.Dispose();
        _worker.Dispose();
    }

    [Fact]
    public async Task A_flush_completes_synchronously_while_the_kernel_takes_the_bytes()
    {
        await using var connection = Connect();
        using var server = await _listener.AcceptSocketAsync().Soon();
        var flush = connection.Output.WriteAsync(new byte[] { 1, 2, 3 });
        Assert.True(flush.IsCompletedSuccessfully);

        var received = new byte[3];
        Assert.Equal(3, await server.ReceiveAsync(received).Soon());
        Assert.Equal([1, 2, 3], received);
    }

    [Fact]
    public async Task A_flush_that_the_kernel_does_not_take_is_finished_later_byte_for_byte()
    {
        await using var connection = Connect(new TransportOptions { SendBufferSize = 4096 });
        using var server = await _listener.AcceptSocketAsync().Soon();
        var sent = new byte[8 << 20];
        new Random(7).NextBytes(sent);

        var flush = connection.Output.WriteAsync(sent);
        Assert.False(flush.IsCompleted);
        var done = flush.AsTask();
        _flushes.ReleaseDeferred();
        var received = new byte[sent.Length];
        for (var at = 0; at < received.Length;)
        {
            at += await server.ReceiveAsync(received.AsMemory(at)).Soon();
        }

        _ = await done.Soon();
        Assert.True(received.AsSpan().SequenceEqual(sent));
    }

    [Fact]
    public async Task Disposing_ends_a_read_and_a_stalled_write()
    {
        var connection = Connect(new TransportOptions { SendBufferSize = 4096 });
        using var server = await _listener.AcceptSocketAsync().Soon();
        var reading = Task.Factory.StartNew(
            async () => await connection.Input.ReadAsync(), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)
                .Unwrap();
        var writing = connection.Output.WriteAsync(new byte[8 << 20]).AsTask();
        _flushes.ReleaseDeferred();

        await connection.DisposeAsync();

        await Assert.ThrowsAnyAsync<Exception>(() => writing.Soon());
        try
        {
            Assert.True((await reading.Soon()).IsCompleted);
        }
        catch (ObjectDisposedException)
        {
            // Either end of the read is fine: what matters is that it ended.
        }
    }

    [Fact]
    public async Task A_busy_reader_reads_and_ends_as_a_sleeping_one_does()
    {
        var connection = Connect(new TransportOptions { BusyPoll = true });
        using var server = await _listener.AcceptSocketAsync().Soon();
        var reading = Task.Factory.StartNew(
            () =>
            {
                var received = 0L;
                try
                {
                    while (connection.Input.ReadAsync().AsTask().GetAwaiter().GetResult() is { IsCompleted: false } result)
                    {
                        received += result.Buffer.Length;
                        connection.Input.AdvanceTo(result.Buffer.End);
                    }
                }
                catch (ObjectDisposedException)
                {
                    // How a read of a disposed connection may end.
                }

                return received;
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(3, await server.SendAsync(new byte[] { 1, 2, 3 }).Soon());
        }

        await Wait.Until(() => server.Poll(0, SelectMode.SelectWrite) && server.Available == 0, "all is sent");
        server.Shutdown(SocketShutdown.Send);
        Assert.Equal(300, await reading.Soon());

        await connection.DisposeAsync();
        var second = Connect(new TransportOptions { BusyPoll = true });
        using var other = await _listener.AcceptSocketAsync().Soon();
        var ending = Task.Factory.StartNew(
            () =>
                second.Input.ReadAsync().AsTask().GetAwaiter().GetResult(), CancellationToken.None, TaskCreationOptions.LongRunning,
                TaskScheduler.Default);
        await second.DisposeAsync();
        _ = await Record.ExceptionAsync(() => ending.Soon());
        Assert.True(ending.IsCompleted);
    }

    [Fact]
    public async Task The_peers_end_completes_the_input()
    {
        await using var connection = Connect();
        var server = await _listener.AcceptSocketAsync().Soon();
        server.Dispose();
        var result = await Task.Run(async () => await connection.Input.ReadAsync()).Soon();
        Assert.True(result.IsCompleted);
    }

    [Fact]
    public void A_refused_connection_names_the_host_and_what_each_address_answered()
    {
        var port = Port;
        _listener.Stop();
        var error = Assert.Throws<TransportException>(() => Connect(port: port));
        Assert.Equal(TransportFailure.Connect, error.Failure);
        Assert.Contains($"127.0.0.1:{port}", error.Message, StringComparison.Ordinal);
        Assert.IsType<SocketException>(error.InnerException);
    }

    [Fact]
    public async Task Every_address_of_a_name_is_tried_and_the_one_that_worked_comes_first_next_time()
    {
        // The name has an IPv6 address too on many machines; the listener has only IPv4.
        var order = new AddressOrder();
        await using var connection = Connect(host: "localhost", order: order);
        using var server = await _listener.AcceptSocketAsync().Soon();

        IPAddress[] resolved = [IPAddress.IPv6Loopback, IPAddress.Parse("10.0.0.1"), IPAddress.Loopback];
        Assert.Equal([IPAddress.Loopback, IPAddress.IPv6Loopback, IPAddress.Parse("10.0.0.1")], order.Arrange(resolved));
    }

    [Fact]
    public void Addresses_are_tried_in_turns_of_family_each_once()
    {
        IPAddress[] resolved =
        [
            IPAddress.Parse("::2"), IPAddress.Parse("::3"), IPAddress.Parse("::4"), IPAddress.Parse("10.0.0.1"),
            IPAddress.Parse("10.0.0.2"),
        ];
        Assert.Equal("::2 10.0.0.1 ::3 10.0.0.2 ::4", string.Join(' ', new AddressOrder().Arrange(resolved)));
        Assert.Empty(new AddressOrder().Arrange([]));
    }

    [Fact]
    public void A_name_that_does_not_resolve_is_named()
    {
        var error = Assert.Throws<TransportException>(() => Connect(host: "no-such-host.invalid"));
        Assert.Contains("no-such-host.invalid", error.Message, StringComparison.Ordinal);
        Assert.True(error.Failure is TransportFailure.NameResolution or TransportFailure.Timeout);
    }

    [Fact]
    public void Connecting_ends_with_its_time_or_its_token()
    {
        using var full = new SaturatedListener();
        var error = Assert.Throws<TransportException>(() => Connect(port: full.Port, timeout: TimeSpan.FromMilliseconds(200)));
        Assert.Contains($"127.0.0.1:{full.Port}", error.Message, StringComparison.Ordinal);

        using var source = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        Assert.ThrowsAny<OperationCanceledException>(() => Connect(port: full.Port, token: source.Token));
    }

    private SocketConnection Connect(
        TransportOptions? options = null,
        string host = "127.0.0.1",
        int? port = null,
        TimeSpan? timeout = null,
        AddressOrder? order = null,
        CancellationToken token = default)
    {
        var budget = new ConnectBudget(host, timeout ?? Wait.Long, token);
        var connection = SocketConnection.Connect(
            host, port ?? Port, options ?? new TransportOptions(), budget, order ?? new AddressOrder(), _flushes);
        budget.End();
        return connection;
    }
}
