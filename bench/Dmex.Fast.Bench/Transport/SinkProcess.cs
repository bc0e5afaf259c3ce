using System.Diagnostics;
using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;
using Dmex.Fast.Client;
using Dmex.Fast.Connections;
using Websocket.Client;

namespace Dmex.Fast.Bench.Transport;

/// <summary>The sink as a child process, and the ways to connect to it.</summary>
internal sealed class SinkProcess : IDisposable
{
    /// <summary>The environment variable that names this program's assembly to a process that is compiled from it and lacks its commands.</summary>
    public const string ProgramVariable = "DMEX_BENCH_PROGRAM";

    private readonly Process _process;
    private const string DotNet = "dotnet";
    private readonly int _port;

    public SinkProcess()
    {
        var named = Environment.GetEnvironmentVariable(ProgramVariable);
        var info = new ProcessStartInfo(named is null ? Environment.ProcessPath! : DotNet)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        if (Path.GetFileNameWithoutExtension(info.FileName) is DotNet)
        {
            info.ArgumentList.Add(named ?? typeof(SinkProcess).Assembly.Location);
        }

        info.ArgumentList.Add(SinkServer.Name);
        _process = Process.Start(info)!;
        var parts = _process.StandardOutput.ReadLine()!.Split(' ');
        _port = int.Parse(parts[0], CultureInfo.InvariantCulture);
        Certificate = X509CertificateLoader.LoadCertificate(Convert.FromBase64String(parts[1]));
    }

    public X509Certificate2 Certificate { get; }

    /// <summary>Where nothing is answered.</summary>
    public Uri Url => At("/ws");

    /// <summary>A path of the sink's.</summary>
    public Uri At(string path) => new($"wss://127.0.0.1:{_port}{path}");

    /// <summary>A plain TLS stream.</summary>
    /// <param name="sendBuffer">SO_SNDBUF; 0 leaves it as it is.</param>
    public SslStream ConnectTls(int sendBuffer = 0)
    {
        var client = new TcpClient { NoDelay = true };
        if (sendBuffer > 0)
        {
            client.SendBufferSize = sendBuffer;
        }

        client.Connect("127.0.0.1", _port);
        var stream = new SslStream(client.GetStream());
        stream.AuthenticateAsClient(new SslClientAuthenticationOptions { TargetHost = "127.0.0.1", CertificateChainPolicy = Policy() });
        stream.Write([1]); // not "GET ": the sink drains
        return stream;
    }

    /// <summary>.NET's own WebSocket.</summary>
    /// <param name="url"><see cref="Url"/> when null.</param>
    public ClientWebSocket ConnectWebSocket(Uri? url = null)
    {
        var handler = new SocketsHttpHandler();
        handler.SslOptions.CertificateChainPolicy = Policy();
        var socket = new ClientWebSocket();
        socket.ConnectAsync(url ?? Url, new HttpMessageInvoker(handler), CancellationToken.None).GetAwaiter().GetResult();
        return socket;
    }

    /// <summary>A client on top of .NET's WebSocket, by many users' choice.</summary>
    public WebsocketClient ConnectWebsocketClient(Uri? url = null)
    {
        var client = new WebsocketClient(url ?? Url, null, (to, _) => Task.FromResult<WebSocket>(ConnectWebSocket(to)))
        {
            ReconnectTimeout = null,
        };
        client.StartOrFail().GetAwaiter().GetResult();
        return client;
    }

    /// <summary>A connection of ours, as the client makes it, but for the clock that pings.</summary>
    /// <param name="taker">Takes what comes.</param>
    /// <param name="url"><see cref="Url"/> when null.</param>
    /// <param name="pingInterval">The client's own when null; the sink does not answer pings.</param>
    public VenueConnection ConnectVenue(IConnectionSink taker, Uri? url = null, TimeSpan? pingInterval = null)
    {
        var options = new DmexClientOptions { PongTimeout = TimeSpan.FromHours(1) };
        options.PingInterval = pingInterval ?? options.PingInterval;
        options.Transport.TrustRoots = [Certificate];
        var connection = new VenueConnection(1, ClientCore.Settings(options, connector: null, url ?? Url), taker, _ => { });
        connection.ConnectAsync(CancellationToken.None).GetAwaiter().GetResult();
        return connection;
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }

    private X509ChainPolicy Policy()
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(Certificate);
        return policy;
    }
}
