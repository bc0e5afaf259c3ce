using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.WebSockets;
using System.Text.Json;
using Dmex.Fast.Lab.Peers;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Lab.Contenders;

/// <summary>
/// What .NET brings (<see cref="PeerConnection"/>), open loop: one flow of control sends, another takes the answers, which
/// the venue gives in the order of the cancels.
/// </summary>
internal sealed class PeerWay : IOpenLoopWay
{
    private readonly PeerConnection _connection;
    private readonly ConcurrentQueue<(int Index, string Order)> _sent = new();
    private readonly Task _receiving;
    private CancelSamples _samples = new([]);
    private volatile bool _closing;

    /// <param name="name">A word for it.</param>
    /// <param name="connection">Owned from here on.</param>
    public PeerWay(string name, PeerConnection connection)
    {
        Name = name;
        _connection = connection;
        _receiving = ReceiveAsync();
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public string Description => _connection.Description;

    /// <inheritdoc/>
    public bool AllocatesNothing => false;

    /// <inheritdoc/>
    public void Prepare(CancelSamples samples, int count) => _samples = samples;

    /// <inheritdoc/>
    public void Send(int index)
    {
        var text = _samples.Orders[index].ToString();
        var message = _connection.Serialize(_samples.Orders[index], text);
        _sent.Enqueue((index, text)); // before the answer can be there
        var sending = _connection.SendAsync(message, CancellationToken.None);
        if (!sending.IsCompletedSuccessfully)
        {
            sending.AsTask().GetAwaiter().GetResult();
        }

        _samples.Write(index, Stopwatch.GetTimestamp());
    }

    /// <inheritdoc/>
    public void AfterSend()
    {
    }

    /// <inheritdoc/>
    public void Collect()
    {
    }

    /// <inheritdoc/>
    public Task TouchAsync(OrderHash order) => Task.CompletedTask;

    /// <inheritdoc/>
    public void Abort() => _connection.Abort();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // The end of the receiving flow belongs to the closing: two flows may not receive at once.
        _closing = true;
        _connection.Abort();
        await _receiving;
        await _connection.DisposeAsync();
    }

    private async Task ReceiveAsync()
    {
        await Task.Yield();
        try
        {
            while (true)
            {
                var answer = await _connection.ReceiveAsync();
                if (!_sent.TryDequeue(out var sent))
                {
                    throw new JsonException("The venue answered what was not sent.");
                }

                var confirmed = PeerConnection.IsConfirmation(answer, sent.Order);
                var answered = Stopwatch.GetTimestamp();
                if (!confirmed)
                {
                    _samples.NoteFailure($"order {sent.Order}: {PeerConnection.Text(answer)}");
                }

                _samples.End(sent.Index, answered, confirmed, copies: 1);
            }
        }
        catch (Exception error) when (error is WebSocketException or JsonException or ObjectDisposedException or OperationCanceledException)
        {
            if (!_closing)
            {
                _samples.NoteFailure($"the connection ended: {error.Message}");
            }
        }
    }
}
