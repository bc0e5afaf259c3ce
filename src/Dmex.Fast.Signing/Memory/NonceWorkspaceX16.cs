using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Dmex.Fast.Signing.Hashing;

namespace Dmex.Fast.Signing.Memory;

/// <summary>The working memory of sixteen nonces; word i of all lanes is one vector. The user wipes it.</summary>
internal struct NonceWorkspaceX16
{
    public const int Lanes = 16;

    /// <summary>In: the digests modulo n, big-endian words.</summary>
    public Words DigestWords;

    /// <summary>Out: the candidates, big-endian words.</summary>
    public Words V;

    public Words HmacKey;
    public Words Inner;
    public Words Outer;
    public Block Schedule;

    [InlineArray(Sha256.StateWords)]
    internal struct Words
    {
        private Vector512<uint> _word;
    }

    [InlineArray(Sha256.BlockWords)]
    internal struct Block
    {
        private Vector512<uint> _word;
    }
}
