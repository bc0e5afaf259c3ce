using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Dmex.Fast.Transport;

/// <summary>Decides on one server certificate after the system's checks, and keeps the words for a refusal.</summary>
internal sealed class ServerCertificateCheck
{
    private readonly string _host;
    private readonly TransportOptions _options;

    public ServerCertificateCheck(string host, TransportOptions options)
    {
        _host = host;
        _options = options;
    }

    /// <summary>Why the certificate was refused; null while it was not.</summary>
    public string? Refusal { get; private set; }

    /// <summary>The callback for <see cref="SslStream"/>: every error of the system refuses; then the pins are compared.</summary>
    public bool Accept(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        Refusal = Judge(certificate as X509Certificate2, chain, errors);
        return Refusal is null;
    }

    private string? Judge(X509Certificate2? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is null || errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable))
        {
            return $"{_host}: the server showed no certificate.";
        }

        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        {
            return $"{_host}: the server's certificate is for another name ({Names(certificate)}).";
        }

        if (errors != SslPolicyErrors.None)
        {
            var status = chain is null
                ? "no chain"
                : string.Join("; ", chain.ChainStatus.Select(s => $"{s.Status}: {s.StatusInformation.Trim()}"));
            var roots = _options.TrustRoots is null ? "the system's roots" : $"the {_options.TrustRoots.Count} trust roots of the options";
            return $"{_host}: the server's certificate ({certificate.Subject}) is not trusted by {roots}: {status}."
                + MissingIntermediate(chain);
        }

        return _options.PinnedPublicKeys.Count == 0 || IsPinned(certificate)
            ? null
            : $"{_host}: the server's public key is none of the {_options.PinnedPublicKeys.Count} pinned ones.";
    }

    private string MissingIntermediate(X509Chain? chain) =>
        !_options.AllowCertificateDownloads && chain is not null
            && chain.ChainStatus.Any(s => s.Status == X509ChainStatusFlags.PartialChain)
            ? $" The server may not send its intermediate certificates; {nameof(TransportOptions.AllowCertificateDownloads)} fetches them."
            : string.Empty;

    private bool IsPinned(X509Certificate2 certificate)
    {
        var key = SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo());
        return _options.PinnedPublicKeys.Any(pin => pin.AsSpan().SequenceEqual(key));
    }

    private static string Names(X509Certificate2 certificate)
    {
        var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .SelectMany(e => e.EnumerateDnsNames().Concat(e.EnumerateIPAddresses().Select(a => a.ToString())))
            .ToArray();
        return names.Length > 0 ? string.Join(", ", names) : certificate.Subject;
    }
}
