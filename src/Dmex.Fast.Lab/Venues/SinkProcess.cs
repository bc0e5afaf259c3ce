using System.Diagnostics;
using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Dmex.Fast.Lab.Hosts;
using Dmex.Fast.Lab.Peers;

namespace Dmex.Fast.Lab.Venues;

/// <summary>The sink as a child process, and the ways to connect to it.</summary>
internal sealed class SinkProcess : IDisposable
{
    /// <summary>
    /// The environment variable that names this program's assembly to a process that is compiled from it and lacks its commands.
    /// </summary>
    public const string ProgramVariable = "DMEX_BENCH_PROGRAM";

    private readonly Process _process;
    private readonly int _port;

    public SinkProcess()
    {
        var info = Environment.GetEnvironmentVariable(ProgramVariable) is { } named ? ThisProgram.Other(named) : ThisProgram.Again();
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
        var stream = OpenTls(sendBuffer);
        stream.Write([1]); // not "GET ": the sink drains
        return stream;
    }

    /// <summary>A plain TLS stream behind the WebSocket handshake: what is written and read next are frames.</summary>
    /// <param name="url">One of the sink's.</param>
    public SslStream ConnectUpgraded(Uri url)
    {
        var stream = OpenTls(sendBuffer: 0);
        stream.Write(Encoding.ASCII.GetBytes(
            $"GET {url.PathAndQuery} HTTP/1.1\r\nHost: {url.Authority}\r\nUpgrade: websocket\r\nConnection: "
            + "Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"));
        _ = ServerHandshake.ReadHead(stream);
        return stream;
    }

    /// <summary>.NET's own WebSocket.</summary>
    /// <param name="url"><see cref="Url"/> when null.</param>
    public ClientWebSocket ConnectWebSocket(Uri? url = null)
    {
        var handler = new SocketsHttpHandler();
        handler.SslOptions.CertificateChainPolicy = TrustRoot.Only(Certificate);
        var socket = new ClientWebSocket();
        socket.ConnectAsync(url ?? Url, new HttpMessageInvoker(handler), CancellationToken.None).GetAwaiter().GetResult();
        return socket;
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }

    private SslStream OpenTls(int sendBuffer)
    {
        var client = new TcpClient { NoDelay = true };
        if (sendBuffer > 0)
        {
            client.SendBufferSize = sendBuffer;
        }

        client.Connect("127.0.0.1", _port);
        var stream = new SslStream(client.GetStream());
        stream.AuthenticateAsClient(
            new SslClientAuthenticationOptions { TargetHost = "127.0.0.1", CertificateChainPolicy = TrustRoot.Only(Certificate) });
        return stream;
    }
}
