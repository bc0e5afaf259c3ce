using Dmex.Fast.Hosting;
using Dmex.Fast.Standby.Links;
using Dmex.Fast.Standby.Nats;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Dmex.Fast.Standby.Hosting.Hosts;

/// <summary>
/// The engine's side of standbys for one hosted client: its link, its key and its <see cref="StandbyEngine"/>; claims a generation in the
/// background, and looks what changes, for logs and health. Thread-safe.
/// </summary>
internal sealed class StandbyHost : IHostedGuard, IAsyncDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan ClaimAgain = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly DmexStandbyOptions _options;
    private readonly IServiceProvider _services;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private readonly SortedDictionary<StandbyCondition, (string Text, DateTimeOffset Since)> _conditions = [];
    private StandbyKey? _key;
    private IStandbyLink? _link;
    private Task _running = Task.CompletedTask;
    private Task? _ending;
    private uint _generation;
    private bool _isGuarded;

    public StandbyHost(
        string name,
        IOptionsMonitor<DmexStandbyOptions> options,
        IServiceProvider services,
        ILogger<StandbyEngine> logger,
        TimeProvider? time)
    {
        _options = options.Get(name);
        _services = services;
        _logger = logger;
        _time = time ?? TimeProvider.System;
    }

    /// <summary>Null until the client is made.</summary>
    public StandbyEngine? Engine { get; private set; }

    public TimeSpan Ttl => _options.Cluster.Ttl;

    public IReadOnlyList<NatsServerStatus> Servers => _link is NatsStandbyLink nats ? nats.Servers : [];

    public BookScope Scope => _options.Cluster.Scope;

    public StandbyFence? Fence => Engine?.Fence;

    private string Name => _options.Cluster.Name;

    private string Book => _options.Cluster.Book;

    /// <summary>Makes the engine's side for a book, and begins to claim a generation.</summary>
    /// <exception cref="StandbyKeyException">The key's file cannot be used.</exception>
    public void Start(CancelBook book)
    {
        try
        {
            _key = StandbyKey.OpenFile(_options.Nats.KeyFile!);
            _link = _options.CreateLink?.Invoke(_services) ?? NatsStandbyLink.Open(_options.Nats);
            Engine = new StandbyEngine(_options.Cluster, _key, _link, book);
            Engine.TurnFailed += (_, failed) => StandbyLog.TurnFailed(_logger, Name, Book, failed.Failures, failed.Error);
        }
        catch
        {
            _key?.Dispose();
            throw;
        }

        StandbyLog.Started(_logger, Name, Book, _link.Traits.Servers);
        _running = Task.WhenAll(ClaimAsync(Engine), LookAsync());
    }

    public bool Pulse() => Engine!.Pulse();

    /// <inheritdoc/>
    public async Task ResumeAsync(ulong fenceId, CancellationToken cancellationToken)
    {
        await Engine!.ResumeAsync(fenceId, cancellationToken).ConfigureAwait(false);
        StandbyLog.Resumed(_logger, Name, Book, Engine.State.Generation);
    }

    public Task EndAsync(bool mayOrdersBeOpen)
    {
        lock (_lock)
        {
            return _ending ??= EndOnceAsync(mayOrdersBeOpen);
        }
    }

    // Without a word of the client's host, nobody knows what is open: the standbys fire.
    public async ValueTask DisposeAsync()
    {
        await EndAsync(mayOrdersBeOpen: true).ConfigureAwait(false);
        _stop.Dispose();
    }

    /// <summary>Looks what is wrong now, and logs what changed.</summary>
    /// <returns>What is wrong, the worst first.</returns>
    public IReadOnlyList<(StandbyCondition What, string Text, DateTimeOffset Since)> Look()
    {
        if (Engine is not { } engine)
        {
            return [];
        }

        lock (_lock)
        {
            var state = engine.State;
            var standbys = engine.Standbys;
            var found = StandbyJudgment.Judge(_options.Cluster, state, engine.Fence, standbys, Servers);
            if (state.Generation != _generation)
            {
                _generation = state.Generation;
                StandbyLog.Claimed(_logger, Name, Book, _generation);
            }

            foreach (var (what, text) in found)
            {
                var isNew = !_conditions.TryGetValue(what, out var before);
                _conditions[what] = (text, isNew ? _time.GetUtcNow() : before.Since);
                if (isNew)
                {
                    Log(what, text);
                }
            }

            foreach (var over in _conditions.Keys.Where(what => !found.ContainsKey(what)).ToArray())
            {
                _ = _conditions.Remove(over);
                StandbyLog.Over(_logger, Name, Book, over);
            }

            var isGuarded = !found.Keys.Any(StandbyJudgment.IsUnhealthy);
            if (isGuarded && !_isGuarded)
            {
                StandbyLog.Guarded(_logger, Name, Book, standbys.Count(standby => StandbyJudgment.IsAble(standby, Ttl)));
            }

            _isGuarded = isGuarded;
            return [.. _conditions.Select(condition => (condition.Key, condition.Value.Text, condition.Value.Since))];
        }
    }

    private void Log(StandbyCondition what, string text)
    {
        switch (what)
        {
            case StandbyCondition.Fenced:
                StandbyLog.Fenced(_logger, Name, Book, text);
                break;
            case StandbyCondition.Isolated:
                StandbyLog.Isolated(_logger, Name, Book, text);
                break;
            case StandbyCondition.Unguarded:
                StandbyLog.Unguarded(_logger, Name, Book, text);
                break;
            default:
                StandbyLog.Degraded(_logger, Name, Book, text);
                break;
        }
    }

    /// <summary>Claims a generation; one that is fenced waits for a resume.</summary>
    private async Task ClaimAsync(StandbyEngine engine)
    {
        string? told = null;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await engine.StartAsync(_stop.Token).ConfigureAwait(false);
                return;
            }
            catch (StandbyFencedException)
            {
                return; // the engine says it, and the client
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
#pragma warning disable CA1031 // Whatever it is, an engine without standbys is what this is against: it is told, and tried again.
            catch (Exception e)
#pragma warning restore CA1031
            {
                if (!string.Equals(told, e.Message, StringComparison.Ordinal))
                {
                    told = e.Message;
                    StandbyLog.NotClaimed(_logger, Name, Book, e.Message);
                }
            }

            await Task.Delay(ClaimAgain, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task LookAsync()
    {
        using PeriodicTimer timer = new(LookEvery);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false))
            {
                _ = Look();
            }
        }
        catch (OperationCanceledException)
        {
            // The host stops.
        }
    }

    private async Task EndOnceAsync(bool mayOrdersBeOpen)
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        if (Engine is { } engine)
        {
            if (mayOrdersBeOpen)
            {
                StandbyLog.LeftToStandbys(_logger, Name, Book, Ttl);
                await engine.DisposeAsync().ConfigureAwait(false);
            }
            else
            {
                await engine.StopAsync().ConfigureAwait(false);
            }
        }

        if (_link is not null)
        {
            await _link.DisposeAsync().ConfigureAwait(false);
        }

        _key?.Dispose();
        StandbyLog.Stopped(_logger, Name, Book);
    }
}
