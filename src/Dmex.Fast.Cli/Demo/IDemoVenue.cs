using System.Security.Cryptography.X509Certificates;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Cli.Demo;

/// <summary>The simulated venue as the demo sees it, wherever it runs.</summary>
internal interface IDemoVenue : IAsyncDisposable
{
    /// <summary>Where it listens.</summary>
    Uri Url { get; }

    /// <summary>The certificate that vouches for it.</summary>
    X509Certificate2 Certificate { get; }

    /// <summary>Whether it runs in this process, so that its allocation counts too.</summary>
    bool IsInProcess { get; }

    /// <summary>Opens orders of one owner.</summary>
    Task OpenAsync(EthereumAddress owner, IReadOnlyList<OrderHash> orders, CancellationToken cancellationToken);

    /// <summary>Asks which of the orders were cancelled, each by a message whose signature was checked and is its owner's.</summary>
    Task<VenueAudit> AuditAsync(IReadOnlyList<OrderHash> orders, CancellationToken cancellationToken);
}
