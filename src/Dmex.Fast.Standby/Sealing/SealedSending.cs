using Dmex.Fast.Standby.Links;

namespace Dmex.Fast.Standby.Sealing;

/// <summary>Seals messages and hands them to a link: those that are small, or rare enough to be allocated. Stateless.</summary>
internal static class SealedSending
{
    private const int MaxOnStack = 1024;

    /// <summary>Sends a live message; allocates nothing for one that is small.</summary>
    /// <param name="link">To the cluster.</param>
    /// <param name="sealer">Of the sender.</param>
    /// <param name="channel">What it is about.</param>
    /// <param name="plain">The message.</param>
    /// <returns>As of <see cref="IStandbyLink.TrySend"/>.</returns>
    public static int TrySend(this IStandbyLink link, MessageSealer sealer, StandbyChannel channel, ReadOnlySpan<byte> plain)
    {
        var length = plain.Length + SealedHeader.Overhead;
        var message = length <= MaxOnStack ? stackalloc byte[length] : new byte[length];
        _ = sealer.Seal(SealedKinds.Of(channel), plain, message);
        return link.TrySend(channel, message);
    }

    /// <summary>Appends a record to the stream. What is sealed is no longer needed when this returns.</summary>
    /// <param name="link">To the cluster.</param>
    /// <param name="sealer">Of the writer.</param>
    /// <param name="kind">What it is.</param>
    /// <param name="plain">The record.</param>
    /// <param name="expectedLast">As of <see cref="IStandbyLink.AppendAsync"/>.</param>
    /// <param name="cancellationToken">As of <see cref="IStandbyLink.AppendAsync"/>.</param>
    /// <inheritdoc cref="IStandbyLink.AppendAsync" path="/*[self::returns or self::exception]"/>
    public static ValueTask<ulong> AppendAsync(
        this IStandbyLink link,
        MessageSealer sealer,
        StandbyStreamKind kind,
        ReadOnlySpan<byte> plain,
        ulong? expectedLast,
        CancellationToken cancellationToken)
    {
        var record = new byte[plain.Length + SealedHeader.Overhead];
        _ = sealer.Seal(SealedKinds.Of(kind), plain, record);
        return link.AppendAsync(kind, record, expectedLast, cancellationToken);
    }
}
