using System.Runtime.InteropServices;
using System.Security.Cryptography.X509Certificates;
using Dmex.Fast.Signing;
using Dmex.Fast.Venue;

namespace Dmex.Fast.Lab.Venues;

/// <summary>The venue in this process: what a venue process controls, and a measurement's last resort.</summary>
internal sealed class InProcessVenue : IMeasuredVenue
{
    private const int ReadAhead = 16_384;

    private readonly SimulatedVenue _venue;
    private HashSet<VenueHash> _canceledByOwner = [];
    private Dictionary<VenueHash, long> _received = [];
    private long _messagesSeen;

    private InProcessVenue(SimulatedVenue venue) => _venue = venue;

    /// <summary>
    /// TLS, and signatures checked after the reply, so that checking does not count as the client's latency; and of a burst,
    /// what has arrived is stamped before the first of it is answered.
    /// </summary>
    public static VenueOptions ForFigures { get; } =
        new() { Tls = true, Verification = VenueVerification.Deferred, ReadAheadMessages = ReadAhead };

    /// <inheritdoc/>
    public Uri Url => _venue.Url;

    /// <inheritdoc/>
    public X509Certificate2 Certificate => _venue.Certificate
        ?? throw new InvalidOperationException("The venue runs without TLS and has no certificate.");

    /// <summary>The certificate as PEM, or null without TLS.</summary>
    public string? CertificatePem => _venue.Certificate?.ExportCertificatePem();

    /// <inheritdoc/>
    public bool IsInProcess => true;

    /// <summary>Starts it.</summary>
    public static async Task<InProcessVenue> StartAsync(VenueOptions options, CancellationToken cancellationToken) =>
        new(await SimulatedVenue.StartAsync(options, cancellationToken));

    /// <inheritdoc/>
    public Task OpenAsync(EthereumAddress owner, IReadOnlyList<OrderHash> orders, CancellationToken cancellationToken)
    {
        _venue.OpenOrders(MemoryMarshal.AsBytes<OrderHash>(orders.ToArray()), owner.AsSpan());
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task<VenueAudit> AuditAsync(IReadOnlyList<OrderHash> orders, CancellationToken cancellationToken)
    {
        await ReadTranscriptAsync(cancellationToken);
        var notCanceled = orders.Where(order => !IsCanceledByOwner(order)).ToList();
        return new VenueAudit(
            orders.Count - notCanceled.Count,
            notCanceled.Take(VenueAudit.MaxListed).Select(order => order.ToString()).ToList(),
            _venue.Violations.Take(VenueAudit.MaxListed).Select(violation => violation.ToString()).ToList());
    }

    /// <inheritdoc/>
    public async Task<long[]> ReceiptsAsync(IReadOnlyList<OrderHash> orders, CancellationToken cancellationToken)
    {
        await ReadTranscriptAsync(cancellationToken);
        return [.. orders.Select(order => _received.GetValueOrDefault(new VenueHash(order.AsSpan())))];
    }

    /// <inheritdoc/>
    public int ProcessId => Environment.ProcessId;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _venue.DisposeAsync();

    private bool IsCanceledByOwner(OrderHash order) =>
        _canceledByOwner.Contains(new VenueHash(order.AsSpan()))
        && _venue.GetState(order.AsSpan()) == VenueOrderState.Canceled;

    private async Task ReadTranscriptAsync(CancellationToken cancellationToken)
    {
        await _venue.WaitUntilVerifiedAsync(cancellationToken);
        if (_venue.MessagesReceived != _messagesSeen)
        {
            _messagesSeen = _venue.MessagesReceived;
            var transcript = _venue.Transcript;
            _received = [];
            foreach (var record in transcript.Where(record => record.Hash is not null))
            {
                _ = _received.TryAdd(record.Hash!.Value, record.ReceivedTimestamp);
            }

            _canceledByOwner = transcript
                .Where(record => record is { Verdict: VenueVerdict.Confirmed, Signature: VenueSignatureCheck.Valid, Hash: not null })
                .Select(record => record.Hash!.Value)
                .ToHashSet();
        }
    }
}
