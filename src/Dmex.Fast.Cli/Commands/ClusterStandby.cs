using System.CommandLine;
using System.Globalization;
using Dmex.Fast.Cli.Input;
using Dmex.Fast.Cli.Output;
using Dmex.Fast.Signing;
using Dmex.Fast.Standby;
using Dmex.Fast.Standby.Firing;
using Dmex.Fast.Standby.Links;
using Dmex.Fast.Standby.Nats;

namespace Dmex.Fast.Cli.Commands;

/// <summary>A standby of a cluster while it runs: until a signal, it tells what changes.</summary>
internal sealed class ClusterStandby : IAsyncDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LagAlarm = TimeSpan.FromSeconds(1);

    private readonly ClusterAccess _cluster;
    private readonly StandbyClusterOptions _options;
    private readonly DmexClientOptions _client;
    private readonly VenueFirer _firer;
    private readonly StandbyService _service;
    private readonly bool _json;
    private readonly Lock _output = new();
    private StandbyServiceState _told;
    private bool _isConnected;
    private bool _isSilent;
    private bool _isLagging;
    private bool _comesByUdp;
    private long _datagrams;
    private DateTimeOffset _datagramAt;
    private DateTimeOffset _caughtUpAt = DateTimeOffset.UtcNow;
    private VenueFirerReportEventArgs? _report;

    /// <param name="cluster">The standby's; disposed with this.</param>
    /// <param name="options">Who it is and when it fires.</param>
    /// <param name="client">How it reaches the venue.</param>
    /// <param name="panic">How it fires.</param>
    /// <param name="json">Whether it tells in JSON.</param>
    public ClusterStandby(ClusterAccess cluster, StandbyClusterOptions options, DmexClientOptions client, PanicOptions panic, bool json)
    {
        _cluster = cluster;
        _options = options;
        _client = client;
        _json = json;
        client.Reconnect.ConnectInBackground = true;
        _firer = new VenueFirer(client, panic);
        try
        {
            _service = new StandbyService(options, cluster.Key, cluster.Link, _firer);
        }
        catch (ArgumentException error)
        {
            throw new CommandException(ExitCode.BadInput, error.Message.Split(" (Parameter", 2)[0], Remedy(error), error);
        }

        _firer.Reported += (_, report) => Tell(ClusterNotice.OfReport(_report = report));
        _service.TurnFailed += (_, failed) => Tell(new ClusterNotice(
            "failed", $"A turn failed ({failed.Failures} so far), and the standby goes on: {failed.Error.Message}"));
        _service.Fired += (_, fired) =>
        {
            Interruption.HasSent |= !fired.IsDryRun;
            Tell(ClusterNotice.OfFire(fired.Evidence, fired.IsDryRun, _service.State.Orders));
        };
    }

    private static string Remedy(ArgumentException error) =>
        string.Equals(error.ParamName, nameof(StandbyClusterOptions.UdpListen), StringComparison.Ordinal)
            ? "Correct --udp."
            : "Correct the flag.";

    /// <summary>Watches until a signal.</summary>
    /// <param name="prepare">Completes the client's options, when it is known whose orders the stream holds.</param>
    /// <param name="url">The venue; null: the stream's own.</param>
    /// <param name="account">Whose orders the stream must hold; null: any account's.</param>
    /// <param name="cancellationToken">The signal.</param>
    /// <exception cref="CommandException">The stream holds orders of another account or venue.</exception>
    public async Task<ExitCode> RunAsync(
        Action<StandbyOwner> prepare, Uri? url, EthereumAddress? account, CancellationToken cancellationToken)
    {
        try
        {
            _service.Start();
        }
        catch (StandbyLinkException error)
        {
            throw new CommandException(ExitCode.BadInput, error.Message, "Correct --udp, or end the program that listens there.", error);
        }

        Tell(new ClusterNotice("joining", $"{_options.Name} joins book {_options.Book} on {string.Join(", ", _cluster.Options.Servers)}."));
        await WaitForServersAsync(cancellationToken);
        StandbyOwner? owner = null;
        try
        {
            while (true)
            {
                if (owner is null && _service.Owner is { } found)
                {
                    owner = found;
                    prepare(found);
                    Check(found, url, _client.AllowBookOfOtherEndpoint, account);
                    if (FindTtlProblem(found) is { } problem)
                    {
                        throw new CommandException(
                            ExitCode.BadInput, $"{problem} Nothing was sent.", "Give --ttl the engine's, or change the engine's options.");
                    }

                    if (!_options.DryRun)
                    {
                        await _firer.ConnectAsync(found, cancellationToken);
                    }
                }

                TellChanges(owner);
                await Task.Delay(Look, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (Interruption.HasSent)
        {
            return ExitCodes.Of(_report?.Panic.Rejected ?? 0, _firer.Open > 0 || _report?.StillListed?.Count > 0);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _service.DisposeAsync();
        await _firer.DisposeAsync();
        await _cluster.DisposeAsync();
    }

    private async Task WaitForServersAsync(CancellationToken cancellationToken)
    {
        using var soon = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        soon.CancelAfter(TimeSpan.FromSeconds(5));
        try
        {
            await _cluster.Link.WaitForServersAsync(_cluster.Options.Servers.Count, soon.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            Tell(new ClusterNotice("servers", $"Not connected, and tried again: {string.Join("; ", _cluster.Problems)}."));
        }
    }

    private static void Check(StandbyOwner owner, Uri? url, bool allowEndpoint, EthereumAddress? account)
    {
        if (url is not null && url != owner.Endpoint && !allowEndpoint)
        {
            throw new CommandException(
                ExitCode.BadInput,
                $"The book's orders were armed for {owner.Endpoint}, and --url is {url}. Nothing was sent.",
                "Leave --url out, name the cluster.json of that venue's book, or add --allow-endpoint if this is the same venue by "
                    + "another name.");
        }

        if (account is { } expected && expected != owner.Account)
        {
            throw new CommandException(
                ExitCode.BadInput,
                $"The book holds orders of {owner.Account}, not of {expected}. Nothing was sent.",
                "Name the cluster.json of that account's book with --cluster, or correct --account.");
        }
    }

    /// <summary>
    /// An engine latches at 0.8 of its own Ttl: a standby that fires earlier fires one that goes on, and one that fires later is late.
    /// </summary>
    /// <returns>What is wrong; null: nothing.</returns>
    private string? FindTtlProblem(StandbyOwner owner) => owner.Ttl is { } engine && engine != _options.Ttl
        ? string.Create(
            CultureInfo.InvariantCulture,
            $"The engine's Ttl is {engine.TotalSeconds:0.###} s, and this standby's {_options.Ttl.TotalSeconds:0.###} s.")
        : null;

    private void TellChanges(StandbyOwner? owner)
    {
        var (state, before) = (_service.State, _told);
        _told = state;
        if (state.IsLoaded && (!before.IsLoaded || state.Generation != before.Generation))
        {
            _firer.Forget(); // a generation that follows a fence was reconciled
            if (_service.Owner is { } next && FindTtlProblem(next) is { } problem)
            {
                Tell(new ClusterNotice("ttl", $"{problem} It goes on; give it the engine's with --ttl."));
            }

            Tell(ClusterNotice.Of("watching", Describe(state, owner), state));
        }

        if (state.CanFire != before.CanFire || (_firer.CanFire && !_isConnected))
        {
            _isConnected = _firer.CanFire;
            var why = _firer.Failure is { } failure ? $" ({failure})" : string.Empty;
            Tell(ClusterNotice.Of(
                state.CanFire ? "ready" : "unready",
                state.CanFire
                    ? "The venue is connected and the book is read: a fire would go out."
                    : $"Not yet or not any more able to fire{why}.",
                state));
        }

        if (state.Fenced > before.Fenced && state.Fenced >= state.Generation && before.IsLoaded)
        {
            Tell(ClusterNotice.Of("fenced", $"Generation {state.Fenced} is fenced: {ClusterNotice.FenceText(state.FenceId)}.", state));
        }

        if (state.InvalidSignatures > before.InvalidSignatures)
        {
            Tell(ClusterNotice.Of(
                "invalid",
                $"{state.InvalidSignatures} of the orders have signatures that are not the account's: a fire sends their cancels, and the "
                    + "venue will refuse them.",
                state));
        }

        TellSilence(state);
        TellLag(state);
        TellDatagrams(state);
    }

    /// <summary>Says whether beats come by UDP; while the engine is silent it is nothing of UDP's.</summary>
    private void TellDatagrams(in StandbyServiceState state)
    {
        var now = DateTimeOffset.UtcNow;
        _datagramAt = state.Datagrams != _datagrams ? now : _datagramAt;
        _datagrams = state.Datagrams;
        var comes = now - _datagramAt < _options.Ttl;
        if (comes == _comesByUdp || _isSilent)
        {
            return;
        }

        _comesByUdp = comes;
        Tell(ClusterNotice.Of(
            comes ? "udp" : "noUdp",
            comes ? "Beats come by UDP, too." : "No beat comes by UDP any more; those by the servers do.",
            state));
    }

    private void TellSilence(in StandbyServiceState state)
    {
        var isSilent = state.Generation != 0 && state.Silent > _options.Ttl / 2;
        if (isSilent == _isSilent)
        {
            return;
        }

        _isSilent = isSilent;
        Tell(ClusterNotice.Of(
            isSilent ? "silent" : "heard",
            isSilent ? "The engine is silent." : "The engine is heard.",
            state));
    }

    private void TellLag(in StandbyServiceState state)
    {
        var now = DateTimeOffset.UtcNow;
        _caughtUpAt = state.EngineHead <= state.Watermark ? now : _caughtUpAt;
        var isLagging = now - _caughtUpAt > LagAlarm;
        if (isLagging == _isLagging)
        {
            return;
        }

        _isLagging = isLagging;
        Tell(ClusterNotice.Of(
            isLagging ? "lagging" : "caughtUp",
            isLagging ? "Changes of the book have been missing for more than a second." : "Nothing is missing any more.",
            state));
    }

    private string Describe(in StandbyServiceState state, StandbyOwner? owner) => state.Generation == 0
        ? "No engine has begun yet."
        : string.Create(
            CultureInfo.InvariantCulture,
            $"Guards generation {state.Generation} of {owner?.Account.ToString() ?? "an account not known yet"}, {state.Orders} orders; "
                + $"{(_options.DryRun ? "would fire" : "fires")} when the engine is silent for {_options.Ttl.TotalSeconds:0.###} "
                + $"s{(state.FenceId == 0 ? "" : $"; fence {ClusterNotice.FenceText(state.FenceId)}")}.");

    private void Tell(ClusterNotice notice)
    {
        lock (_output)
        {
            Console.WriteLine(_json
                ? ClusterJson.Write(notice)
                : string.Create(CultureInfo.InvariantCulture, $"{notice.At:HH:mm:ss.fff} {notice.Message}{Figures(notice)}"));
        }
    }

    private static string Figures(ClusterNotice notice) => notice is { Notice: "ready" or "silent" or "heard" or "lagging" or "caughtUp" }
        ? string.Create(
            CultureInfo.InvariantCulture,
            $" Generation {notice.Generation}, {notice.Orders} orders, lag {notice.Lag}, witnesses {notice.Witnesses}.")
        : string.Empty;
}
