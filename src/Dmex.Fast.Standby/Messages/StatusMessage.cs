using System.Buffers.Binary;
using System.Text;

namespace Dmex.Fast.Standby.Messages;

/// <summary>
/// Who a standby is, what it holds, and whether it would fire:
/// <code>
/// generation (4) fenced (4) fence id (8) watermark (8) head (8) orders (4) witnesses (2) servers (2) silent ms (8) flags (4)
/// invalid signatures (4) name (UTF-8)
/// </code>
/// Flags: can fire = 1, dry run = 2, loaded = 4.
/// </summary>
internal static class StatusMessage
{
    /// <summary>The most bytes of a status.</summary>
    public const int MaxSize = NameAt + StandbyClusterOptions.MaxNameLength;

    private const int NameAt = 56;
    private const uint CanFire = 1;
    private const uint DryRun = 2;
    private const uint Loaded = 4;

    /// <summary>Writes a status.</summary>
    /// <returns>Its length.</returns>
    public static int Write(Span<byte> destination, string name, int servers, bool isDryRun, in StandbyServiceState state)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(destination, state.Generation);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[4..], state.Fenced);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[8..], state.FenceId);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[16..], state.Watermark);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[24..], state.EngineHead);
        BinaryPrimitives.WriteInt32LittleEndian(destination[32..], state.Orders);
        BinaryPrimitives.WriteInt16LittleEndian(destination[36..], (short)state.Witnesses);
        BinaryPrimitives.WriteInt16LittleEndian(destination[38..], (short)servers);
        BinaryPrimitives.WriteInt64LittleEndian(destination[40..], (long)state.Silent.TotalMilliseconds);
        BinaryPrimitives.WriteUInt32LittleEndian(
            destination[48..], (state.CanFire ? CanFire : 0) | (isDryRun ? DryRun : 0) | (state.IsLoaded ? Loaded : 0));
        BinaryPrimitives.WriteInt32LittleEndian(destination[52..], state.InvalidSignatures);
        return NameAt + Encoding.UTF8.GetBytes(name, destination[NameAt..]);
    }

    /// <summary>Reads a status; null when it is none.</summary>
    /// <param name="source">The message, opened.</param>
    /// <param name="at">When it came, by the reader's monotonic clock.</param>
    public static StandbyMember? Read(ReadOnlySpan<byte> source, TimeSpan at)
    {
        if (source.Length is <= NameAt or > MaxSize || BinaryPrimitives.ReadInt64LittleEndian(source[40..]) is < 0 or > int.MaxValue)
        {
            return null;
        }

        var flags = BinaryPrimitives.ReadUInt32LittleEndian(source[48..]);
        return new StandbyMember
        {
            Name = Encoding.UTF8.GetString(source[NameAt..]),
            Generation = BinaryPrimitives.ReadUInt32LittleEndian(source),
            Fenced = BinaryPrimitives.ReadUInt32LittleEndian(source[4..]),
            FenceId = BinaryPrimitives.ReadUInt64LittleEndian(source[8..]),
            Watermark = BinaryPrimitives.ReadUInt64LittleEndian(source[16..]),
            EngineHead = BinaryPrimitives.ReadUInt64LittleEndian(source[24..]),
            Orders = BinaryPrimitives.ReadInt32LittleEndian(source[32..]),
            Witnesses = BinaryPrimitives.ReadInt16LittleEndian(source[36..]),
            Servers = BinaryPrimitives.ReadInt16LittleEndian(source[38..]),
            Silent = TimeSpan.FromMilliseconds(BinaryPrimitives.ReadInt64LittleEndian(source[40..])),
            CanFire = (flags & CanFire) != 0,
            IsDryRun = (flags & DryRun) != 0,
            IsLoaded = (flags & Loaded) != 0,
            InvalidSignatures = BinaryPrimitives.ReadInt32LittleEndian(source[52..]),
            HeardAt = at,
        };
    }
}
