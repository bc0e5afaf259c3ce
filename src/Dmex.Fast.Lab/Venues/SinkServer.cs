using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Dmex.Fast.Lab.Venues;

/// <summary>
/// <c>sink</c>: a TLS server on loopback that reads everything and answers nothing but the WebSocket handshake, unless it is
/// asked at <c>/replies?every=BYTES&amp;count=N&amp;work=MICROS</c>: there so many replies follow each time that so many bytes have come. A
/// process of its own, so that both sides of a comparison talk to the same thing. Ends with its standard input.
/// </summary>
internal static class SinkServer
{
    public const string Name = "sink";
    private const string RepliesPath = "/replies?every=";
    private const string CountParameter = "&count=";
    private const string WorkParameter = "&work=";
    private const int BufferSize = 1 << 20;

    /// <summary>The path that asks for replies.</summary>
    /// <param name="every">Bytes that must come for the next replies.</param>
    /// <param name="count">How many replies then follow.</param>
    /// <param name="workMicros">For how many µs the sink computes before it replies, as a venue that verifies signatures does.</param>
    public static string RepliesTo(long every, int count, int workMicros = 0) =>
        $"{RepliesPath}{every}{CountParameter}{count}{WorkParameter}{workMicros}";

    /// <summary>Prints port and certificate (base64) in one line, and serves.</summary>
    public static int Run()
    {
        using var certificate = SelfSigned();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Console.WriteLine(
            $"{((IPEndPoint)listener.LocalEndpoint).Port} {Convert.ToBase64String(certificate.Export(X509ContentType.Cert))}");
        var acceptor = new Thread(() => Accept(listener, certificate)) { IsBackground = true };
        acceptor.Start();
        while (Console.In.Read() >= 0)
        {
            // Nothing is said; the end is what counts.
        }

        return 0;
    }

    private static void Accept(TcpListener listener, X509Certificate2 certificate)
    {
        try
        {
            while (true)
            {
                var client = listener.AcceptTcpClient();
                client.NoDelay = true; // else the end of an answer waits for the reader's delayed acknowledgement, 40 ms, now and then
                new Thread(() => Serve(client, certificate)) { IsBackground = true }.Start();
            }
        }
        catch (SocketException)
        {
            // The listener was closed, which ends the sink.
        }
    }

    private static void Serve(TcpClient client, X509Certificate2 certificate)
    {
        try
        {
            using var stream = new SslStream(client.GetStream());
            stream.AuthenticateAsServer(certificate);
            var buffer = new byte[BufferSize];
            var length = stream.Read(buffer);
            if (length > 4 && buffer.AsSpan(0, 4).SequenceEqual("GET "u8))
            {
                while (buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8) < 0)
                {
                    length += stream.Read(buffer, length, buffer.Length - length);
                }

                var request = Encoding.Latin1.GetString(buffer, 0, length);
                stream.Write(ServerHandshake.Accept(request));
                if (request.Contains(RepliesPath, StringComparison.Ordinal))
                {
                    Reply(stream, buffer, request);
                }
            }

            while (stream.Read(buffer) > 0)
            {
                // Read and forgotten.
            }
        }
        catch (IOException)
        {
            // The other side is gone, which is how every connection here ends.
        }
    }

    private static void Reply(SslStream stream, byte[] buffer, string request)
    {
        var query = request[(request.IndexOf(RepliesPath, StringComparison.Ordinal) + RepliesPath.Length)..];
        var parts = query[..query.IndexOf(' ', StringComparison.Ordinal)].Split([CountParameter, WorkParameter], StringSplitOptions.None);
        var every = long.Parse(parts[0], CultureInfo.InvariantCulture);
        var replies = SinkReplies.Take(int.Parse(parts[1], CultureInfo.InvariantCulture)).Span;
        var work = TimeSpan.FromMicroseconds(int.Parse(parts[2], CultureInfo.InvariantCulture));
        var received = 0L;
        for (int length; (length = stream.Read(buffer)) > 0;)
        {
            for (received += length; received >= every; received -= every)
            {
                Compute(work);
                stream.Write(replies);
            }
        }
    }

    private static void Compute(TimeSpan time)
    {
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < time)
        {
            Thread.SpinWait(8);
        }
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var now = DateTimeOffset.UtcNow;
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), null);
    }
}
