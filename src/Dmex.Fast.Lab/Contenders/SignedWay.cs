using Dmex.Fast.Signing;

namespace Dmex.Fast.Lab.Contenders;

/// <summary>Ours, signed on the spot: <see cref="DmexClient.CancelAsync(in OrderHash, CancellationToken)"/>.</summary>
internal sealed class SignedWay : IOpenLoopWay
{
    private const int MaxAtOnce = 1024;

    private readonly DmexClient _client;
    private readonly PendingOutcomes<CancelOutcome> _pending;
    private CancelSamples _samples = new([]);

    /// <param name="client">Connected; owned from here on.</param>
    public SignedWay(DmexClient client)
    {
        _client = client;
        _pending = new PendingOutcomes<CancelOutcome>(MaxAtOnce, End, (index, error) => WayFailure.Note(_samples, index, error));
    }

    /// <inheritdoc/>
    public string Name => "signed";

    /// <inheritdoc/>
    public string Description => "CancelAsync(hash): signed and checked on the spot";

    /// <inheritdoc/>
    public bool AllocatesNothing => true;

    /// <inheritdoc/>
    public void Prepare(CancelSamples samples, int count) => _samples = samples;

    /// <inheritdoc/>
    public void Send(int index)
    {
        _pending.WaitForRoom();
        _pending.Add(index, _client.CancelAsync(in _samples.Orders[index]));
    }

    /// <inheritdoc/>
    public void AfterSend() => _pending.Collect();

    /// <inheritdoc/>
    public void Collect() => _pending.Collect();

    /// <inheritdoc/>
    public async Task TouchAsync(OrderHash order) => _ = await _client.CancelAsync(order);

    /// <inheritdoc/>
    public void Abort() => _ = _client.DisposeAsync().AsTask();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _client.DisposeAsync();

    private void End(int index, CancelOutcome outcome)
    {
        var confirmed = outcome.Kind == CancelOutcomeKind.Confirmed;
        if (!confirmed)
        {
            _samples.NoteFailure($"order {_samples.Orders[index]}: {outcome}");
        }

        _samples.Write(index, outcome.WrittenTimestamp);
        _samples.End(index, outcome.ResolvedTimestamp, confirmed, outcome.Attempts);
    }
}
