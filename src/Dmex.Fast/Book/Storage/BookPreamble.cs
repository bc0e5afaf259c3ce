using System.Runtime.InteropServices;
using System.Text;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Book.Storage;

/// <summary>
/// What a book's file begins with, written once; numbers in the machine's byte order:
/// <code>
///    0  "DMEXBOOK"          written last: a file without it was never finished
///    8  0x01020304          the byte order
///   12  version             2
///   16  capacity
///   20  record length, header length, 0
///   32  account (20 bytes)
///   52  length of the endpoint, 1 to 1024
///   56  endpoint (UTF-8)
/// 1084  CRC-32C of bytes 8 to 1083
/// </code>
/// </summary>
internal sealed class BookPreamble
{
    /// <summary>Its length in bytes.</summary>
    public const int Size = 1088;

    private const uint ByteOrder = 0x01020304;
    private const uint SwappedByteOrder = 0x04030201;
    private const int Version = 2;
    private const int OrderAt = 8;
    private const int VersionAt = 12;
    private const int CapacityAt = 16;
    private const int LengthsAt = 20;
    private const int AccountAt = 32;
    private const int EndpointLengthAt = 52;
    private const int EndpointAt = 56;
    private const int MaxEndpoint = 1024;
    private const int ChecksumAt = 1084;

    public BookPreamble(int capacity, EthereumAddress account, Uri endpoint)
    {
        Capacity = capacity;
        Account = account;
        Endpoint = endpoint;
        var length = Encoding.UTF8.GetByteCount(endpoint.AbsoluteUri);
        if (length > MaxEndpoint)
        {
            throw new ArgumentException(
                $"{nameof(CancelBookOptions.Endpoint)}: at most {MaxEndpoint} bytes for a book's file, not {length}.", nameof(endpoint));
        }
    }

    public int Capacity { get; }

    public EthereumAddress Account { get; }

    public Uri Endpoint { get; }

    private static ReadOnlySpan<byte> Magic => "DMEXBOOK"u8;

    private static ReadOnlySpan<int> Lengths => [BookRecord.Size, BookLayout.HeaderSize, 0];

    /// <summary>Writes all but the magic number.</summary>
    public void Write(Span<byte> header)
    {
        Put(header, OrderAt, ByteOrder);
        Put(header, VersionAt, Version);
        Put(header, CapacityAt, (uint)Capacity);
        MemoryMarshal.AsBytes(Lengths).CopyTo(header[LengthsAt..]);
        Account.AsSpan().CopyTo(header[AccountAt..]);
        var length = Encoding.UTF8.GetByteCount(Endpoint.AbsoluteUri);
        Put(header, EndpointLengthAt, (uint)length);
        _ = Encoding.UTF8.GetBytes(Endpoint.AbsoluteUri, header.Slice(EndpointAt, MaxEndpoint));
        Put(header, ChecksumAt, BookChecksum.Of(header[OrderAt..ChecksumAt]));
    }

    /// <summary>Writes the magic number: the file is a book from now on.</summary>
    public static void Complete(Span<byte> header) => Magic.CopyTo(header);

    /// <summary>Reads what a file of this library begins with.</summary>
    /// <exception cref="BookFileException">It does not, or was written by another version, on another machine, or is damaged.</exception>
    public static BookPreamble Read(ReadOnlySpan<byte> header, string path)
    {
        if (header.Length < Size || !header.StartsWith(Magic))
        {
            throw new BookFileException(
                BookFileError.NotABook, $"{path} is not a book of cancels, or its creation was interrupted before it was one.");
        }

        var order = Get(header, OrderAt);
        if (order == SwappedByteOrder)
        {
            throw new BookFileException(
                BookFileError.OtherByteOrder,
                $"{path} was written on a machine with another byte order; it can only be used on one like that.");
        }

        var version = Get(header, VersionAt);
        if (order == ByteOrder && version != Version)
        {
            throw new BookFileException(
                BookFileError.OtherVersion,
                $"{path} is a book of version {version}; this library reads version {Version}. List or fire it with the release that "
                + "wrote it, or create a new book and arm the orders that are open in it.");
        }

        var endpointLength = Get(header, EndpointLengthAt);
        var capacity = Get(header, CapacityAt);
        if (Get(header, ChecksumAt) != BookChecksum.Of(header[OrderAt..ChecksumAt])
            || !header[LengthsAt..].StartsWith(MemoryMarshal.AsBytes(Lengths))
            || capacity is 0 or > BookLayout.MaxCapacity || endpointLength is 0 or > MaxEndpoint
            || !Uri.TryCreate(Encoding.UTF8.GetString(header.Slice(EndpointAt, (int)endpointLength)), UriKind.Absolute, out var endpoint))
        {
            throw new BookFileException(BookFileError.Damaged, $"The header of {path} is damaged: its checksum does not fit.");
        }

        return new BookPreamble((int)capacity, new EthereumAddress(header.Slice(AccountAt, EthereumAddress.Size)), endpoint);
    }

    private static void Put(Span<byte> header, int at, uint value) => MemoryMarshal.Write(header[at..], value);

    private static uint Get(ReadOnlySpan<byte> header, int at) => MemoryMarshal.Read<uint>(header[at..]);
}
