using System.Security.Cryptography.X509Certificates;
using Dmex.Fast.Options;

namespace Dmex.Fast;

/// <summary>
/// How bytes reach the venue. Certificates are always checked: against the system's roots, or against
/// <see cref="TrustRoots"/> alone when given. There is no way to accept every certificate. Set before connecting; not
/// changed afterwards.
/// </summary>
public sealed class TransportOptions
{
    /// <summary>The length of a pin in bytes: one SHA-256.</summary>
    public const int PinSize = 32;

    /// <summary>
    /// The roots to trust in place of the system's, for a venue with an own certificate authority or a self-signed
    /// certificate; null trusts the system's.
    /// </summary>
    public X509Certificate2Collection? TrustRoots { get; set; }

    /// <summary>
    /// SHA-256 of the SubjectPublicKeyInfo (RFC 5280 §4.1.2.7, DER) of keys to accept, 32 bytes each. When not empty,
    /// the server's certificate must have one of them, besides passing every other check.
    /// </summary>
    public IList<byte[]> PinnedPublicKeys { get; } = [];

    /// <summary>The socket's send buffer (SO_SNDBUF) in bytes; null leaves it to the system.</summary>
    public int? SendBufferSize { get; set; }

    /// <summary>The socket's receive buffer (SO_RCVBUF) in bytes; null leaves it to the system, which adapts it.</summary>
    public int? ReceiveBufferSize { get; set; }

    /// <summary>
    /// Whether intermediate certificates that the server does not send are downloaded from the address that its certificate names
    /// (RFC 5280 §4.2.2.1). Off by default: the server then chooses an address that this host asks, and connecting
    /// waits for it. A server should send its intermediate certificates.
    /// </summary>
    public bool AllowCertificateDownloads { get; set; }

    /// <summary>
    /// Whether the thread that reads a connection polls its socket without pause in place of sleeping until bytes arrive. It saves the
    /// time of waking up (a round trip of 32 µs took 19 to 27), and costs a whole processor per connection, all the time: with fewer
    /// processors to spare than connections, the tail of every latency grows by milliseconds. Off by default.
    /// </summary>
    public bool BusyPoll { get; set; }

    /// <summary>Checks the options.</summary>
    /// <exception cref="ArgumentException">Options are wrong; the message names each with the expected form.</exception>
    public void Validate()
    {
        var errors = new OptionErrors();
        Check(errors, string.Empty);
        errors.ThrowIfAny();
    }

    internal void Check(OptionErrors errors, string group)
    {
        foreach (var pin in PinnedPublicKeys)
        {
            if (pin is not { Length: PinSize })
            {
                errors.Add(
                    group + nameof(PinnedPublicKeys),
                    $"a pin is the {PinSize} bytes of SHA-256 over the SubjectPublicKeyInfo, not {pin?.Length ?? 0} bytes.");
            }
        }

        if (TrustRoots is { Count: 0 })
        {
            errors.Add(
                group + nameof(TrustRoots),
                "an empty collection trusts no certificate; give certificates, or null for the system's roots.");
        }

        CheckSize(errors, SendBufferSize, group + nameof(SendBufferSize));
        CheckSize(errors, ReceiveBufferSize, group + nameof(ReceiveBufferSize));
    }

    private static void CheckSize(OptionErrors errors, int? size, string option)
    {
        if (size is <= 0)
        {
            errors.Add(option, $"a positive number of bytes, or null for the system's choice, not {size}.");
        }
    }
}
