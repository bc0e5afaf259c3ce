using System.Security.Cryptography.X509Certificates;
using Dmex.Fast.Venue.Faults;

namespace Dmex.Fast.Venue;

/// <summary>How a <see cref="SimulatedVenue"/> listens and answers. Immutable.</summary>
public sealed record VenueOptions
{
    /// <summary>The TCP port on 127.0.0.1; 0 (the default) takes a free one.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not from 0 to 65535.</exception>
    public int Port
    {
        get;
        init => field = OptionValue.Require(value, value is >= 0 and <= 65535, "a port from 0 (any free one) to 65535");
    }

    /// <summary>Whether the venue speaks TLS 1.2 and 1.3 with a certificate made at start.</summary>
    public bool Tls { get; init; }

    /// <summary>
    /// The certificate with its private key for <see cref="Tls"/>; one is made at start when null. The caller's, who disposes it after the
    /// venue; see <see cref="SimulatedVenue.CreateCertificate"/>.
    /// </summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>The path of the WebSocket; <c>/ws</c> unless set. Other paths answer 404.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value does not start with a slash, or has a query or fragment.</exception>
    public string Path
    {
        get;
        init => field = OptionValue.Require(
            value,
            value is ['/', ..] && value.AsSpan().IndexOfAny('?', '#') < 0,
            "a path that starts with a slash and has neither query nor fragment");
    } = "/ws";

    /// <summary>The subprotocol that is agreed when the client offers it; null agrees on none.</summary>
    public string? SubProtocol { get; init; }

    /// <summary>When signatures are verified.</summary>
    public VenueVerification Verification { get; init; }

    /// <summary>The faults at start.</summary>
    public VenueFaults Faults { get; init; } = VenueFaults.None;

    /// <summary>
    /// The cancels that the venue acts upon in a second, over all connections; null (the default) has no limit. Messages
    /// are read and stamped at once and wait for their turn; pings are answered meanwhile.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not a finite number above 0.</exception>
    public double? ServiceRate
    {
        get;
        init => field = OptionValue.Require(
            value, value is null || (value > 0 && double.IsFinite(value.Value)), "a finite number of cancels per second, above 0");
    }

    /// <summary>The cancels that may wait for their turn on one connection; further ones are answered with <c>busy</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int ServiceQueueCapacity { get; init => field = OptionValue.Require(value, value >= 1, "at least 1"); } = 100_000;

    /// <summary>A limit on messages; null (the default) has none.</summary>
    public VenueRateLimit? RateLimit { get; init; }

    /// <summary>Whether hashes are written with upper-case digits.</summary>
    public bool UpperCaseHashes { get; init; }

    /// <summary>Whether no reply carries a hash.</summary>
    public bool ReplyWithoutHash { get; init; }

    /// <summary>Whether error replies carry no hash.</summary>
    public bool ErrorsWithoutHash { get; init; }

    /// <summary>
    /// Whether order events and snapshots that merely mention hashes are pushed: a snapshot of open orders to each new
    /// connection and after every sixteenth message, an event for each order opened, filled or canceled by the venue, and
    /// an event that calls an order open just before its cancel is decided.
    /// </summary>
    public bool PushOrderEvents { get; init; }

    /// <summary>The interval of the venue's own pings; null (the default) sends none.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public TimeSpan? KeepAliveInterval
    {
        get;
        init => field = OptionValue.Require(value, value is null || value > TimeSpan.Zero, "longer than zero");
    }

    /// <summary>The longest message in bytes; a longer one closes the connection with 1009. 64 KiB unless set.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 512.</exception>
    public int MaxMessageBytes
    {
        get;
        init => field = OptionValue.Require(value, value >= 512, "at least 512 bytes");
    } = 64 * 1024;

    /// <summary>
    /// The messages of one connection that are read and stamped, when they have arrived already, before the first of them
    /// is answered; 64 unless set. A measurement of a burst takes more, so that the time of answering does not count as
    /// time of arrival.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int ReadAheadMessages { get; init => field = OptionValue.Require(value, value >= 1, "at least 1"); } = 64;

    /// <summary>The messages that the transcript keeps at least; older ones are dropped and counted. 1,048,576 unless set.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int TranscriptCapacity { get; init => field = OptionValue.Require(value, value >= 1, "at least 1"); } = 1 << 20;
}
