using Dmex.Fast.Signing;

namespace Dmex.Fast;

/// <summary>
/// A client of the venue, for code that is tested without one: see <see cref="DmexClient"/> for what each member does, its errors and its
/// thread-safety.
/// </summary>
public interface IDmexClient : IAsyncDisposable
{
    /// <inheritdoc cref="DmexClient.MessageReceived"/>
    event EventHandler<MessageReceivedEventArgs>? MessageReceived;

    /// <inheritdoc cref="DmexClient.OutcomeChanged"/>
    event EventHandler<OutcomeChangedEventArgs>? OutcomeChanged;

    /// <inheritdoc cref="DmexClient.ConnectionLost"/>
    event EventHandler<ConnectionLostEventArgs>? ConnectionLost;

    /// <inheritdoc cref="DmexClient.StateChanged"/>
    event EventHandler<StateChangedEventArgs>? StateChanged;

    /// <inheritdoc cref="DmexClient.RepliesUnrecognized"/>
    event EventHandler<RepliesUnrecognizedEventArgs>? RepliesUnrecognized;

    /// <inheritdoc cref="DmexClient.HandlerFailed"/>
    event EventHandler<HandlerFailedEventArgs>? HandlerFailed;

    /// <inheritdoc cref="DmexClient.StandbyFired"/>
    event EventHandler<StandbyFiredEventArgs>? StandbyFired;

    /// <inheritdoc cref="DmexClient.State"/>
    ConnectionState State { get; }

    /// <inheritdoc cref="DmexClient.Loss"/>
    ConnectionLoss? Loss { get; }

    /// <inheritdoc cref="DmexClient.Connections"/>
    IReadOnlyList<ConnectionStatus> Connections { get; }

    /// <inheritdoc cref="DmexClient.Account"/>
    EthereumAddress? Account { get; }

    /// <inheritdoc cref="DmexClient.Book"/>
    CancelBook? Book { get; }

    /// <inheritdoc cref="DmexClient.Fence"/>
    StandbyFence? Fence { get; }

    /// <inheritdoc cref="DmexClient.InFlight"/>
    int InFlight { get; }

    /// <inheritdoc cref="DmexClient.DroppedMessages"/>
    long DroppedMessages { get; }

    /// <inheritdoc cref="DmexClient.DroppedNotices"/>
    long DroppedNotices { get; }

    /// <inheritdoc cref="DmexClient.SendAsync(in OrderHash, CancellationToken)"/>
    ValueTask<SendOutcome> SendAsync(in OrderHash hash, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="DmexClient.SendAsync(in OrderHash, in Signature, CancellationToken)"/>
    ValueTask<SendOutcome> SendAsync(in OrderHash hash, in Signature signature, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="DmexClient.SendAsync(OrderHash, ICancelSigner, CancellationToken)"/>
    ValueTask<SendOutcome> SendAsync(OrderHash hash, ICancelSigner signer, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="DmexClient.CancelAsync(in OrderHash, CancellationToken)"/>
    ValueTask<CancelOutcome> CancelAsync(in OrderHash hash, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="DmexClient.CancelAsync(in OrderHash, TimeSpan, CancellationToken)"/>
    ValueTask<CancelOutcome> CancelAsync(in OrderHash hash, TimeSpan timeout, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="DmexClient.CancelAsync(in OrderHash, in Signature, CancellationToken)"/>
    ValueTask<CancelOutcome> CancelAsync(in OrderHash hash, in Signature signature, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="DmexClient.CancelAsync(OrderHash, ICancelSigner, CancellationToken)"/>
    ValueTask<CancelOutcome> CancelAsync(OrderHash hash, ICancelSigner signer, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="DmexClient.Abandon"/>
    bool Abandon(in OrderHash hash);

    /// <inheritdoc cref="DmexClient.PanicAsync(BookScope, PanicOptions?, CancellationToken)"/>
    ValueTask<PanicReport> PanicAsync(BookScope scope, PanicOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="DmexClient.PanicAsync(ReadOnlySpan{OrderHash}, PanicOptions?, CancellationToken)"/>
    ValueTask<PanicReport> PanicAsync(
        ReadOnlySpan<OrderHash> orders, PanicOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="DmexClient.ListOpenOrdersAsync"/>
    Task<IReadOnlyList<OpenOrder>> ListOpenOrdersAsync(CancellationToken cancellationToken = default);

    /// <inheritdoc cref="DmexClient.CancelAllAsync"/>
    Task<CancelAllReport> CancelAllAsync(
        OpenOrderFilter filter = default, CancelAllOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="DmexClient.Pulse"/>
    bool Pulse();

    /// <inheritdoc cref="DmexClient.ResumeAsync"/>
    Task ResumeAsync(ulong fenceId, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="DmexClient.ReconnectNow"/>
    void ReconnectNow();

    /// <inheritdoc cref="DmexClient.SendTextAsync(ReadOnlyMemory{byte}, CancellationToken)"/>
    ValueTask<SendOutcome> SendTextAsync(ReadOnlyMemory<byte> utf8Text, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="DmexClient.SendTextAsync(ReadOnlyMemory{char}, CancellationToken)"/>
    ValueTask<SendOutcome> SendTextAsync(ReadOnlyMemory<char> text, CancellationToken cancellationToken = default);
}
