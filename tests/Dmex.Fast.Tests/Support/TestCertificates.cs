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

    /// <summary>
    /// A certificate for 127.0.0.1 whose issuer is an intermediate authority that is nowhere to be had but at an address that the
    /// certificate names, and the root above that authority.
    /// </summary>
    public static (X509Certificate2 Leaf, X509Certificate2 Root) WithoutIntermediate(Uri issuer)
    {
        var now = DateTimeOffset.UtcNow;
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var middleKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var leafKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var root = Authority("CN=test root", rootKey).CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        using var signed = Authority("CN=test intermediate", middleKey).Create(root, now.AddDays(-1), now.AddDays(1).AddMinutes(-1), [1]);
        using var middle = signed.CopyWithPrivateKey(middleKey);
        var request = new CertificateRequest("CN=localhost", leafKey, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509AuthorityInformationAccessExtension(null, [issuer.ToString()]));
        using var leaf = request.Create(middle, now.AddDays(-1), now.AddDays(1).AddMinutes(-2), [2]);
        return (leaf.CopyWithPrivateKey(leafKey), root);
    }

    private static CertificateRequest Authority(string subject, ECDsa key)
    {
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request;
    }

    /// <summary>What a client that trusts only this certificate is given.</summary>
    public static X509Certificate2Collection Roots(X509Certificate2 certificate) =>
        [X509CertificateLoader.LoadCertificate(certificate.RawData)];

    /// <summary>SHA-256 of the certificate's public key.</summary>
    public static byte[] Pin(X509Certificate2 certificate) =>
        SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo());
}
