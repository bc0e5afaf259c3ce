using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Lab.Venues;

/// <summary>Random order hashes, no two the same.</summary>
internal static class OrderBatch
{
    /// <summary>New hashes from the system's random source.</summary>
    public static OrderHash[] Random(int count)
    {
        var orders = new OrderHash[count];
        RandomNumberGenerator.Fill(MemoryMarshal.AsBytes(orders.AsSpan()));
        return orders;
    }
}
