using System.Security.Cryptography.X509Certificates;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Lab.Venues;

/// <summary>The simulated venue as a measurement sees it, wherever it runs.</summary>
internal interface IMeasuredVenue : IAsyncDisposable
{
    /// <summary>Where it listens.</summary>
    Uri Url { get; }

    /// <summary>The certificate that vouches for it.</summary>
    X509Certificate2 Certificate { get; }

    /// <summary>Whether it runs in this process, so that its allocation counts too.</summary>
    bool IsInProcess { get; }

    /// <summary>Opens orders of one owner.</summary>
    Task OpenAsync(EthereumAddress owner, IReadOnlyList<OrderHash> orders, CancellationToken cancellationToken);

    /// <summary>Asks which of the orders were canceled, each by a message whose signature was checked and is its owner's.</summary>
    Task<VenueAudit> AuditAsync(IReadOnlyList<OrderHash> orders, CancellationToken cancellationToken);

    /// <summary>
    /// Asks when each order's first cancel was received: when its last byte had been read, in ticks of
    /// <see cref="System.Diagnostics.Stopwatch"/>, which all processes of a machine share; 0 when none was received.
    /// </summary>
    Task<long[]> ReceiptsAsync(IReadOnlyList<OrderHash> orders, CancellationToken cancellationToken);

    /// <summary>The process that it runs in.</summary>
    int ProcessId { get; }
}
