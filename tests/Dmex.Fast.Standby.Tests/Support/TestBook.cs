using Dmex.Fast.Signing;

namespace Dmex.Fast.Standby.Tests.Support;

/// <summary>Books and orders without a key: signatures are made up, and not verified.</summary>
internal static class TestBook
{
    public static EthereumAddress Account { get; } = EthereumAddress.Parse("0x00000000000000000000000000000000000000aa");

    public static CancelBook New(int capacity, EthereumAddress? account = null) => CancelBook.Create(new CancelBookOptions
    {
        Capacity = capacity,
        Account = account ?? Account,
        Endpoint = new Uri("wss://venue.test/ws"),
        VerifyArmed = false,
    });

    public static OrderHash Hash(int number)
    {
        Span<byte> bytes = stackalloc byte[OrderHash.Size];
        bytes.Fill(0x5a);
        _ = BitConverter.TryWriteBytes(bytes, number);
        return new OrderHash(bytes);
    }

    public static Signature Signature(int number)
    {
        Span<byte> bytes = stackalloc byte[Dmex.Fast.Signing.Signature.Size];
        bytes.Fill(0x21);
        _ = BitConverter.TryWriteBytes(bytes, number);
        return new Signature(bytes, 27 + (number & 1));
    }
}
