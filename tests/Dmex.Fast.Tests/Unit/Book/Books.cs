using System.Buffers.Binary;
using Dmex.Fast.Book;
using Dmex.Fast.Protocol;
using Dmex.Fast.Signing;
using Dmex.Fast.Tests.Proofs.Reference;
using Dmex.Fast.Tracking;
using Dmex.Fast.WebSockets;
using Xunit;

namespace Dmex.Fast.Tests.Unit.Book;

/// <summary>Books, orders and what comes out of them.</summary>
internal static class Books
{
    public static readonly Uri Endpoint = new("wss://venue.example/ws");

    /// <summary>An address without a key.</summary>
    public static readonly EthereumAddress Account = new(Enumerable.Repeat((byte)0x42, EthereumAddress.Size).ToArray());

    public static SigningKey Key(byte fill = 0x21) => SigningKey.FromBytes(Enumerable.Repeat(fill, SigningKey.Size).ToArray());

    /// <summary>Takes signatures in form only, so that tests of many orders do not sign.</summary>
    public static CancelBookOptions Options(int capacity) =>
        new() { Capacity = capacity, Endpoint = Endpoint, Account = Account, VerifyArmed = false };

    public static CancelBook Create(int capacity) => CancelBook.Create(Options(capacity));

    public static OrderHash Hash(int number)
    {
        Span<byte> bytes = stackalloc byte[OrderHash.Size];
        bytes.Fill((byte)((number * 37) | 1)); // never all zeros, which is not signed
        BinaryPrimitives.WriteInt32BigEndian(bytes, number);
        return new OrderHash(bytes);
    }

    /// <summary>In form only.</summary>
    public static Signature SignatureOf(int number)
    {
        Span<byte> rs = stackalloc byte[Signature.Size];
        rs.Fill((byte)(number | 1));
        BinaryPrimitives.WriteInt32BigEndian(rs[4..], number);
        rs[0] = rs[32] = 1;
        return new Signature(rs, 27 + (number & 1));
    }

    public static ArmResult Arm(CancelBook book, int number, ulong tag = 0, int priority = 0) =>
        book.Arm(Hash(number), SignatureOf(number), tag, priority);

    public static void ArmMany(CancelBook book, int from, int count, ulong tag = 0, int priority = 0)
    {
        for (var number = from; number < from + count; number++)
        {
            Assert.Equal(ArmResult.Armed, Arm(book, number, tag, priority));
        }
    }

    /// <summary>Fires what a cursor gives until it gives nothing, and reads the orders back from the frames.</summary>
    /// <param name="book">The book.</param>
    /// <param name="cursor">Advanced to its end.</param>
    /// <param name="frames">How many frames, and how many orders without a frame, one call has room for.</param>
    /// <param name="takenOver">Receives what is taken over from an earlier panic without a frame; null when nothing may be.</param>
    /// <param name="list">The orders to fire; null fires the cursor's scope.</param>
    public static List<Fired> FireAll(
        CancelBook book, ref BookCursor cursor, int frames = 60, List<FiredOrder>? takenOver = null, OrderHash[]? list = null)
    {
        var fired = new List<Fired>();
        var buffer = new byte[(frames * CancelFrame.Length) + 7];
        var orders = new FiredOrder[frames];
        var moved = new FiredOrder[frames];
        while (true)
        {
            var count = list is null
                ? book.Firing.Fire(ref cursor, buffer, orders, moved, out var movedCount)
                : book.Firing.Fire(ref cursor, list, buffer, orders, moved, out movedCount);
            Assert.True(takenOver is not null || movedCount == 0, $"{movedCount} orders taken over");
            takenOver?.AddRange(moved.AsSpan(0, movedCount));
            if (count == 0 && movedCount == 0)
            {
                return fired;
            }

            for (var i = 0; i < count; i++)
            {
                var frame = buffer.AsSpan(i * CancelFrame.Length, CancelFrame.Length).ToArray();
                Assert.Equal(orders[i].Hash, HashIn(frame));
                fired.Add(new Fired(orders[i].Hash, orders[i].Slot, orders[i].SlotGeneration, frame));
            }
        }
    }

    /// <summary>Latches a scope and fires all of it.</summary>
    public static List<Fired> Panic(CancelBook book, BookScope scope, int frames = 60, List<FiredOrder>? takenOver = null)
    {
        var cursor = BookFiring.OpenCursor(book.Firing.Latch(scope), scope);
        return FireAll(book, ref cursor, frames, takenOver);
    }

    /// <summary>What the book says about an order that is in it.</summary>
    public static BookOrder Describe(CancelBook book, int number) =>
        book.ListOrders(BookScope.All).Single(order => order.Hash == Hash(number));

    public static int[] Numbers(IEnumerable<Fired> fired) => [.. fired.Select(order => Number(order.Hash))];

    public static int Number(OrderHash hash) => BinaryPrimitives.ReadInt32BigEndian(hash.AsSpan());

    /// <summary>The message under a frame's mask.</summary>
    public static byte[] Unmask(ReadOnlySpan<byte> frame)
    {
        var message = frame[8..].ToArray();
        FrameMask.Apply(message, MaskingKey(frame));
        return message;
    }

    public static uint MaskingKey(ReadOnlySpan<byte> frame) => BinaryPrimitives.ReadUInt32LittleEndian(frame[4..]);

    public static byte[] Message(int number)
    {
        var message = new byte[CancelMessage.Length];
        CancelMessage.Write(Hash(number), SignatureOf(number), message);
        return message;
    }

    public static OrderHash HashIn(ReadOnlySpan<byte> frame) => OrderHash.Parse(Unmask(frame).AsSpan(43, OrderHash.TextLength));
}
