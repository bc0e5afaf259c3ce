using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Dmex.Fast.Lab.Venues;

namespace Dmex.Fast.Tests.Support;

/// <summary>
/// A server of raw WebSocket bytes on an ephemeral loopback port that runs one script a connection. It shares no code
/// with the client, so that a misunderstanding cannot cancel itself out.
/// </summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Func<ScriptedPeer, Task> _script;
    private readonly X509Certificate2? _certificate;
    private readonly List<TcpClient> _clients = [];
    private readonly CancellationTokenSource _closing = new();
    private readonly Task _accepting;

    /// <param name="script">Runs after the handshake; when it returns, the connection is closed.</param>
    /// <param name="certificate">Speaks TLS when given.</param>
    public ScriptedServer(Func<ScriptedPeer, Task> script, X509Certificate2? certificate = null)
    {
        _script = script;
        _certificate = certificate;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public Uri Uri => new($"{(_certificate is null ? "ws" : "wss")}://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/ws");

    /// <summary>What is answered to the request for the upgrade in place of 101; null upgrades.</summary>
    public string? HandshakeResponse { get; set; }

    /// <summary>The request line and headers of the last handshake.</summary>
    public string? LastRequest { get; private set; }

    /// <summary>What a script threw, if it was not about the connection's end.</summary>
    public Exception? ScriptFailure { get; private set; }

    /// <summary>How many connections were accepted.</summary>
    public int Accepted { get; private set; }

    /// <summary>Ends every script, also one that waits for a test that has failed meanwhile.</summary>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        _listener.Stop();
        lock (_clients)
        {
            _clients.ForEach(c => c.Dispose());
        }

        await _accepting.Soon("the scripts of the server");
    }

    private async Task AcceptAsync()
    {
        var running = new List<Task>();
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync();
                client.NoDelay = true;
                Accepted++;
                lock (_clients)
                {
                    _clients.Add(client);
                    if (_closing.IsCancellationRequested)
                    {
                        client.Dispose(); // accepted while the others were closed
                    }
                }

                running.Add(Task.Run(() => ServeAsync(client)));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // Stopped.
        }

        await Task.WhenAll(running);
    }

    private async Task ServeAsync(TcpClient client)
    {
        try
        {
            Stream stream = client.GetStream();
            if (_certificate is not null)
            {
                var tls = new SslStream(stream);
                await tls.AuthenticateAsServerAsync(_certificate);
                stream = tls;
            }

            await using (stream)
            {
                var request = await ReadRequestAsync(stream);
                LastRequest = request;
                await stream.WriteAsync(
                    HandshakeResponse is null ? ServerHandshake.Accept(request) : Encoding.ASCII.GetBytes(HandshakeResponse));
                if (HandshakeResponse is null)
                {
                    using var peer = new ScriptedPeer(client, stream, _closing.Token);
                    await _script(peer);
                }
            }
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The connection ended, as it does in most scripts.
        }
        catch (Exception e)
        {
            ScriptFailure = e;
        }
        finally
        {
            client.Dispose();
        }
    }

    private static async Task<string> ReadRequestAsync(Stream stream)
    {
        var request = new StringBuilder();
        var one = new byte[1];
        while (!request.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await stream.ReadExactlyAsync(one);
            _ = request.Append((char)one[0]);
        }

        return request.ToString();
    }
}
