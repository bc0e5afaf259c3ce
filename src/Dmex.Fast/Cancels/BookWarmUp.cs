using System.Buffers.Binary;
using Dmex.Fast.Messages;
using Dmex.Fast.Signing;
using Dmex.Fast.WebSockets;

namespace Dmex.Fast.Cancels;

/// <summary>
/// Compiles what a panic runs, before there is one: the first walk over a book costs ten milliseconds otherwise. Done once
/// a process, by whoever makes the first book.
/// </summary>
internal static class BookWarmUp
{
    private const int Orders = 256;
    private const int Rounds = 16;

    private static int _done;

    /// <summary>Takes some ten milliseconds the first time, and nothing later.</summary>
    public static void Once()
    {
        if (Interlocked.Exchange(ref _done, 1) != 0)
        {
            return;
        }

        var options = new CancelBookOptions
        {
            Capacity = Orders,
            Endpoint = new Uri("wss://localhost"),
            Account = default(EthereumAddress),
            VerifyArmed = false,
        };
        using CancelBook book = CancelBook.Create(options);
        for (int round = 0; round < Rounds; round++)
        {
            Run(book, new BookScope(1, (ulong)(round % 2)));
            Run(book, BookScope.All);
        }
    }

    private static void Run(CancelBook book, BookScope scope)
    {
        Span<byte> bytes = stackalloc byte[Signature.Size];
        bytes.Fill(1);
        var signature = new Signature(bytes, 27);
        for (int i = 0; i < Orders; i++)
        {
            _ = book.Arm(Hash(i), signature, (ulong)(i % 2), i % CancelBook.Priorities);
            _ = book.MarkLive(Hash(i));
        }

        int panic = book.Latch(scope);
        _ = book.Disarm(Hash(0));
        Fire(book, panic);
        _ = book.Arm(Hash(0), signature, scope.Value);
        Fire(book, panic);
        for (int i = 0; i < Orders; i++)
        {
            _ = book.Resolve(Hash(i), CancelOutcomeKind.Rejected, GoneReason.None, 1);
            _ = book.Resolve(Hash(i), CancelOutcomeKind.Confirmed, GoneReason.None, 1);
        }

        _ = book.Counts(panic);
        book.Reset();
    }

    private static void Fire(CancelBook book, int panic)
    {
        const int Frames = 50;
        Span<byte> destination = stackalloc byte[Frames * CancelFrame.Length];
        Span<int> slots = stackalloc int[Frames];
        Span<uint> generations = stackalloc uint[Frames];
        BookCursor cursor = CancelBook.OpenCursor(panic);
        while (book.Fire(ref cursor, destination, slots, out int orders, generations) > 0)
        {
            book.MarkWritten(slots[..orders], 1);
            _ = book.CopyFrame(slots[0], generations[0], destination, 1);
        }

        BookCursor walk = CancelBook.OpenCursor(panic);
        while (book.Unresolved(ref walk, 2, slots, generations) > 0)
        {
            _ = book.TryGetOrder(slots[0], generations[0], out _);
        }
    }

    private static OrderHash Hash(int number)
    {
        Span<byte> bytes = stackalloc byte[OrderHash.Size];
        bytes.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        return new OrderHash(bytes);
    }
}
