using System.Security.Cryptography.X509Certificates;

namespace Dmex.Fast.Lab.Peers;

/// <summary>Trust in one certificate and in nothing else, for connections that are not the library's own.</summary>
internal static class TrustRoot
{
    /// <summary>A chain policy that accepts what <paramref name="root"/> vouches for; there is no revocation list to ask.</summary>
    public static X509ChainPolicy Only(X509Certificate2 root)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.Add(root);
        return policy;
    }
}
