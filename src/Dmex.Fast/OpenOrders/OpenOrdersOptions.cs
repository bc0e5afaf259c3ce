using Dmex.Fast.Options;

namespace Dmex.Fast;

/// <summary>Where the venue's own list of open orders is, and how it is read. Read once, when the client connects.</summary>
public sealed class OpenOrdersOptions
{
    /// <summary>
    /// The list without its query, <c>https://host[:port]/path</c>; null for <c>/api/orders</c> at the host of
    /// <see cref="DmexClientOptions.Endpoint"/>, over https, or over http where that is <c>ws://</c>.
    /// </summary>
    public Uri? Endpoint { get; set; }

    /// <summary>
    /// How far the list may lag behind what the venue has done. A read says nothing about an order whose cancel was written less than
    /// this before the read began.
    /// </summary>
    public TimeSpan ListLag { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The time between two reads while there is something to compare; after failures up to sixteen times as long.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>The time for one read: name, TCP, TLS, request and the whole list.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The largest list that is read, in bytes after decompression. 100,000 orders take some 60 MB.</summary>
    public int MaxBytes { get; set; } = 128 << 20;

    internal void Check(OptionErrors errors, string group)
    {
        errors.NotNegative(ListLag, $"{group}.{nameof(ListLag)}");
        errors.Positive(Interval, $"{group}.{nameof(Interval)}");
        errors.Positive(Timeout, $"{group}.{nameof(Timeout)}");
        errors.Between(MaxBytes, 1024, 1 << 30, $"{group}.{nameof(MaxBytes)}");
    }
}
