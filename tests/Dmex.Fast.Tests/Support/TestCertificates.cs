using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Dmex.Fast.Tests.Support;

/// <summary>Certificates made for one test run.</summary>
internal static class TestCertificates
{
    /// <summary>A certificate for 127.0.0.1, ::1 and localhost that is its own root.</summary>
    public static X509Certificate2 SelfSigned(string subject = "CN=localhost", params string[] names)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        var alternatives = new SubjectAlternativeNameBuilder();
        if (names.Length == 0)
        {
            alternatives.AddIpAddress(IPAddress.Loopback);
            alternatives.AddIpAddress(IPAddress.IPv6Loopback);
            alternatives.AddDnsName("localhost");
        }

        foreach (var name in names)
        {
            alternatives.AddDnsName(name);
        }

        request.CertificateExtensions.Add(alternatives.Build());
        var now = DateTimeOffset.UtcNow;
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }

    /// <summary>What a client that trusts only this certificate is given.</summary>
    public static X509Certificate2Collection Roots(X509Certificate2 certificate) =>
        [X509CertificateLoader.LoadCertificate(certificate.RawData)];

    /// <summary>SHA-256 of the certificate's public key.</summary>
    public static byte[] Pin(X509Certificate2 certificate) =>
        SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo());
}
