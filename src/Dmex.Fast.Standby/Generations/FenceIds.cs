using System.Security.Cryptography;

namespace Dmex.Fast.Standby.Generations;

/// <summary>Ids of fences, by which a resume names the one that it acknowledges.</summary>
internal static class FenceIds
{
    /// <summary>A random one; never 0, which is none.</summary>
    public static ulong New()
    {
        Span<byte> id = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(id);
        return BitConverter.ToUInt64(id) | 1;
    }
}
