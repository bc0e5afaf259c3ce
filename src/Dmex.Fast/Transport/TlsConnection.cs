using System.IO.Pipelines;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Dmex.Fast.Transport;

/// <summary>
/// TLS 1.3 (or 1.2) over a socket as a duplex pipe, with the socket's threading: reading blocks the caller's thread,
/// flushing encrypts and sends on the caller's thread.
/// </summary>
internal sealed class TlsConnection : IDuplexPipe, IAsyncDisposable
{
    private readonly SocketConnection _socket;
    private readonly SslStream _tls;

    private TlsConnection(SocketConnection socket, SslStream tls)
    {
        _socket = socket;
        _tls = tls;
        Input = PipeReader.Create(
            tls, new StreamPipeReaderOptions(bufferSize: SocketConnection.ReadBufferSize, leaveOpen: true));
        Output = PipeWriter.Create(tls, new StreamPipeWriterOptions(leaveOpen: true));
    }

    /// <inheritdoc/>
    public PipeReader Input { get; }

    /// <inheritdoc/>
    public PipeWriter Output { get; }

    /// <summary>The protocol that was agreed.</summary>
    public SslProtocols Protocol => _tls.SslProtocol;

    /// <summary>
    /// Performs the handshake on the caller's thread and takes the socket over; on failure the socket is closed.
    /// </summary>
    /// <param name="socket">Connected.</param>
    /// <param name="host">The name or address that the certificate must be for, also sent as SNI when a name.</param>
    /// <param name="options">Trust roots and pins.</param>
    /// <param name="budget">Ends the handshake.</param>
    /// <exception cref="TransportException">The certificate was refused, or TLS failed; the message says why.</exception>
    public static TlsConnection Handshake(SocketConnection socket, string host, TransportOptions options, ConnectBudget budget)
    {
        budget.Step = "in the TLS handshake";
        var check = new ServerCertificateCheck(host, options);
        var tls = new SslStream(socket.Stream, leaveInnerStreamOpen: true);
        try
        {
            tls.AuthenticateAsClient(Settings(host, options, check.Accept, budget.Remaining));
            return new TlsConnection(socket, tls);
        }
        catch (Exception e)
        {
            tls.Dispose();
            socket.Stream.Dispose();
            if (e is TransportException { Failure: TransportFailure.Timeout } or OperationCanceledException)
            {
                throw;
            }

            throw check.Refusal is { } refusal
                ? new TransportException(TransportFailure.Certificate, refusal, e)
                : new TransportException(TransportFailure.Tls, $"{host}: TLS failed: {Innermost(e).Message}", e);
        }
    }

    /// <summary>Closes the socket; whatever waits on it ends. Idempotent.</summary>
    /// <remarks>
    /// No close_notify alert is sent: the WebSocket's close handshake has already told both ends that nothing was cut off.
    /// </remarks>
    public async ValueTask DisposeAsync()
    {
        await _socket.DisposeAsync().ConfigureAwait(false);
        await _tls.DisposeAsync().ConfigureAwait(false);
    }

    // The outer ones say no more than that an inner one does.
    private static Exception Innermost(Exception e) => e.InnerException is { } inner ? Innermost(inner) : e;

    /// <summary>How TLS is spoken with the venue, over whatever protocol.</summary>
    /// <param name="host">The name or address that the certificate must be for.</param>
    /// <param name="options">Trust roots, and whether intermediate certificates may be downloaded.</param>
    /// <param name="accept">Decides after the system's checks.</param>
    /// <param name="maxRetrieval">The longest that such a download may take.</param>
    public static SslClientAuthenticationOptions Settings(
        string host, TransportOptions options, RemoteCertificateValidationCallback accept, TimeSpan maxRetrieval)
    {
        var chain = new X509ChainPolicy
        {
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = !options.AllowCertificateDownloads,
            UrlRetrievalTimeout = maxRetrieval,
        };
        if (options.TrustRoots is { } roots)
        {
            chain.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.CustomTrustStore.AddRange(roots);
        }

        return new SslClientAuthenticationOptions
        {
            TargetHost = host,
#pragma warning disable CA5398 // A lower bound on purpose: the system's default may still allow older versions.
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
#pragma warning restore CA5398
            AllowRenegotiation = false,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            CertificateChainPolicy = chain,
            RemoteCertificateValidationCallback = accept,
        };
    }
}
