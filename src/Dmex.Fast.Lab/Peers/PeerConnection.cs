using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Lab.Peers;

/// <summary>
/// A connection by what .NET brings: a signer, System.Text.Json and <see cref="ClientWebSocket"/>. One flow of control may
/// send while another receives.
/// </summary>
internal sealed class PeerConnection : IAsyncDisposable
{
    private readonly IMessageSigner _signer;
    private readonly ClientWebSocket _socket;
    private readonly HttpMessageInvoker _invoker;
    private readonly byte[] _signature = new byte[Signature.Size];
    private readonly byte[] _received = new byte[16 * 1024];

    private PeerConnection(string description, IMessageSigner signer, ClientWebSocket socket, HttpMessageInvoker invoker)
    {
        Description = description;
        _signer = signer;
        _socket = socket;
        _invoker = invoker;
    }

    /// <summary>What it is made of, in a few words.</summary>
    public string Description { get; }

    /// <summary>The usual way: a managed library signs.</summary>
    /// <param name="usual">Which one.</param>
    /// <param name="privateKey">Copied; one that owns nothing, because the copies cannot be wiped.</param>
    /// <param name="url">Where to.</param>
    /// <param name="root">The certificate that is trusted, and nothing else.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public static Task<PeerConnection> ConnectUsualAsync(
        UsualSigner usual, byte[] privateKey, Uri url, X509Certificate2 root, CancellationToken cancellationToken) => ConnectAsync(
            $"{usual}, System.Text.Json, ClientWebSocket", CreateSigner(usual, privateKey), url, root, cancellationToken);

    /// <summary>The best existing way: libsecp256k1 signs, where <see cref="LibSecp256k1.IsPresent"/>.</summary>
    /// <param name="privateKey">Copied; one that owns nothing, because the copies cannot be wiped.</param>
    /// <param name="url">Where to.</param>
    /// <param name="root">The certificate that is trusted, and nothing else.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public static Task<PeerConnection> ConnectBestAsync(
        byte[] privateKey, Uri url, X509Certificate2 root, CancellationToken cancellationToken) => ConnectAsync(
            "libsecp256k1 (native), System.Text.Json, ClientWebSocket", new LibSecp256k1Signer(privateKey), url, root, cancellationToken);

    private static IMessageSigner CreateSigner(UsualSigner usual, byte[] privateKey) => usual switch
    {
        UsualSigner.Nethereum => new NethereumSigner(privateKey),
        UsualSigner.NBitcoin => new NBitcoinSigner(privateKey),
        _ => new BouncyCastleSigner(privateKey),
    };

    /// <summary>Connects; the result owns <paramref name="signer"/>.</summary>
    private static async Task<PeerConnection> ConnectAsync(
        string description, IMessageSigner signer, Uri url, X509Certificate2 root, CancellationToken cancellationToken)
    {
        var handler = new SocketsHttpHandler();
        handler.SslOptions.CertificateChainPolicy = TrustRoot.Only(root);
        var connection = new PeerConnection(description, signer, new ClientWebSocket(), new HttpMessageInvoker(handler));
        try
        {
            await connection._socket.ConnectAsync(url, connection._invoker, cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Signs a cancel and makes its message.</summary>
    /// <param name="hash">The order.</param>
    /// <param name="text">The same as text, which the caller needs too.</param>
    public ReadOnlyMemory<byte> Serialize(OrderHash hash, string text)
    {
        var v = _signer.Sign(hash.AsSpan(), _signature);
        var r = "0x" + Convert.ToHexStringLower(_signature.AsSpan(0, 32));
        var s = "0x" + Convert.ToHexStringLower(_signature.AsSpan(32));
        return JsonSerializer.SerializeToUtf8Bytes(
            new UsualCancelMessage("cancel_order", new UsualCancelData(text, v, r, s)), UsualJson.Default.UsualCancelMessage);
    }

    /// <summary>Sends a message; done when the kernel has it.</summary>
    public ValueTask SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken) =>
        _socket.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, cancellationToken);

    /// <summary>Receives a message, which is there until the next call.</summary>
    /// <exception cref="WebSocketException">The venue closed the connection.</exception>
    public async ValueTask<ReadOnlyMemory<byte>> ReceiveAsync()
    {
        var length = 0;
        while (true)
        {
            var part = await _socket.ReceiveAsync(_received.AsMemory(length), CancellationToken.None);
            length += part.Count;
            if (part.MessageType == WebSocketMessageType.Close)
            {
                throw new WebSocketException(WebSocketError.ConnectionClosedPrematurely, $"The venue closed with {_socket.CloseStatus}.");
            }

            if (part.EndOfMessage)
            {
                return _received.AsMemory(0, length);
            }
        }
    }

    /// <summary>The venue's own form of a confirmation; anything else, where nothing else was sent, is a failure.</summary>
    public static bool IsConfirmation(ReadOnlyMemory<byte> message, string hash)
    {
        using var document = JsonDocument.Parse(message);
        var root = document.RootElement;
        return root.TryGetProperty("order_hash", out var answered)
            && answered.ValueEquals(hash)
            && root.TryGetProperty("status", out var status)
            && status.ValueEquals("canceled");
    }

    /// <summary>The message as text, for an error.</summary>
    public static string Text(ReadOnlyMemory<byte> message) => Encoding.UTF8.GetString(message.Span);

    /// <summary>Drops the connection from another thread.</summary>
    public void Abort() => _socket.Abort();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_socket.State == WebSocketState.Open)
        {
            using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(2));
            try
            {
                await _socket.CloseAsync(WebSocketCloseStatus.NormalClosure, statusDescription: null, deadline.Token);
            }
            catch (Exception error) when (error is WebSocketException or OperationCanceledException)
            {
                // The measurement is over: a peer that does not say goodbye changes nothing.
            }
        }

        _socket.Dispose();
        _invoker.Dispose();
        _signer.Dispose();
    }
}
