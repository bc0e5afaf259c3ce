using Dmex.Fast.Signing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Dmex.Fast.Hosting.Hosts;

/// <summary>
/// A client with what it is made of: its key and its book. Made at the host's start, ended at its stop, in that order: a panic if asked
/// for, the guard, the client, the book, the key. Thread-safe.
/// </summary>
internal sealed class ClientHost : IAsyncDisposable
{
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly DmexHostOptions _options;
    private readonly SigningKey? _key;
    private readonly CancelBook? _ownBook;
    private readonly IHostedGuard? _guard;
    private readonly ReadySince[] _ready;
    private bool _mayOrdersBeOpen;
    private Task? _ending;

    public ClientHost(
        string name, IOptionsMonitor<DmexHostOptions> options, IServiceProvider services, ILogger<DmexClient> logger, TimeProvider? time)
    {
        Name = name.Length == 0 ? "dmex" : name;
        _logger = logger;
        _time = time ?? TimeProvider.System;
        _options = options.Get(name);
        _ready = new ReadySince[_options.Client.Connections];
        Array.Fill(_ready, new ReadySince(IsReady: false, _time.GetUtcNow()));
        try
        {
            _key = KeySource.Open(_options.Key, services);
            _ownBook = BookSource.Open(_options, _key);
            _options.Client.Book ??= _ownBook;
            _guard = _options.CreateGuard?.Invoke(services, _options.Client.Book!);
            _options.Client.Standby.Guard ??= _guard;
            Client = Connect(_options.Client, _key);
        }
        catch
        {
            _guard?.EndAsync(mayOrdersBeOpen: false).GetAwaiter().GetResult();
            _ownBook?.Dispose();
            _key?.Dispose();
            throw;
        }

        Client.StateChanged += OnStateChanged;
        Client.ConnectionLost += OnConnectionLost;
        Client.OutcomeChanged += (_, e) =>
            HostLog.Corrected(_logger, Name, e.Hash.ToString(), e.Previous.Kind, e.Current.Kind);
        Client.RepliesUnrecognized += (_, e) => HostLog.Unrecognized(_logger, Name, e.Written, e.Received);
        Client.HandlerFailed += (_, e) => HostLog.HandlerFailed(_logger, e.Exception, Name);
        Client.StandbyFired += (_, e) => HostLog.StandbyFired(_logger, Name, e.Fence);
        HostLog.Started(
            _logger, Name, Client.Account?.ToString() ?? "(any)", _options.Client.Connections, _options.Client.Endpoint!.Host);
        if (_key is null)
        {
            HostLog.WithoutKey(_logger, Name);
        }
    }

    /// <summary>How logs and health checks name it.</summary>
    public string Name { get; }

    public DmexClient Client { get; }

    /// <summary>When a connection became ready, or ceased to be: attempts to connect in between do not count.</summary>
    public DateTimeOffset Since(int connectionId) => Volatile.Read(ref _ready[connectionId - 1]).Time;

    /// <summary>Cancels the armed orders if asked for, and ends the client. Once.</summary>
    public Task EndAsync()
    {
        lock (_ready)
        {
            return _ending ??= EndOnceAsync();
        }
    }

    public async ValueTask DisposeAsync() => await EndAsync().ConfigureAwait(false);

    private async Task EndOnceAsync()
    {
        if (_options.PanicOnShutdown.Enabled && Client.Book is { } book)
        {
            await PanicAsync(book).ConfigureAwait(false);
        }

        if (_guard is not null)
        {
            await _guard.EndAsync(_mayOrdersBeOpen).ConfigureAwait(false);
        }

        await Client.DisposeAsync().ConfigureAwait(false);
        _ownBook?.Dispose();
        _key?.Dispose();
        HostLog.Stopped(_logger, Name);
    }

    private async Task PanicAsync(CancelBook book)
    {
        var timeout = _options.PanicOnShutdown.Timeout;
        HostLog.Panicking(_logger, Name, book.Count, timeout);
        try
        {
            var report = await Client.PanicAsync(BookScope.All, new PanicOptions { Timeout = timeout }).ConfigureAwait(false);
            var open = report.Rejected + report.NotFound + report.Unresolved;
            HostLog.Panicked(_logger, Name, report.Orders, report.Confirmed, report.AlreadyGone);
            if (open > 0)
            {
                _mayOrdersBeOpen = true;
                HostLog.LeftOpen(_logger, Name, open, report.Orders, report.Rejected, report.NotFound, report.Unresolved);
            }
        }
#pragma warning disable CA1031 // The host stops whatever happens; what failed is told as loudly as can be.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _mayOrdersBeOpen = true;
            HostLog.PanicFailed(_logger, e, Name);
        }
    }

    private void OnConnectionLost(object? sender, ConnectionLostEventArgs e)
    {
        // The host's own stop is no warning: event 4 has told it.
        if (e.Loss.Kind != ConnectionLossKind.ClosedHere || Client.State is not (ConnectionState.Closing or ConnectionState.Closed))
        {
            HostLog.Lost(_logger, Name, e.Loss.ConnectionId, e.Loss.Kind, e.Loss.Description);
        }
    }

    private void OnStateChanged(object? sender, StateChangedEventArgs e)
    {
        var isReady = e.State == ConnectionState.Ready;
        ref var ready = ref _ready[e.ConnectionId - 1];
        if (Volatile.Read(ref ready).IsReady != isReady)
        {
            Volatile.Write(ref ready, new ReadySince(isReady, _time.GetUtcNow()));
        }

        if (isReady)
        {
            HostLog.Ready(_logger, Name, e.ConnectionId);
        }
        else if (e.State == ConnectionState.Connecting && !ready.IsReady && !ready.IsFailureTold
            && Client.Connections[e.ConnectionId - 1].LastFailure is { } failure)
        {
            // At the next attempt, when the reason of the last is surely known; once until it is ready again.
            Volatile.Write(ref ready, ready with { IsFailureTold = true });
            HostLog.Unreachable(_logger, Name, e.ConnectionId, failure.Message);
        }
        else
        {
            HostLog.Changed(_logger, Name, e.ConnectionId, e.State);
        }
    }

    private static DmexClient Connect(DmexClientOptions options, SigningKey? key)
    {
        options.Reconnect.ConnectInBackground = true;
        var connecting = DmexClient.ConnectAsync(options, key);

        // In the background it is complete when it returns: nothing is waited for.
        return connecting.GetAwaiter().GetResult();
    }
}
