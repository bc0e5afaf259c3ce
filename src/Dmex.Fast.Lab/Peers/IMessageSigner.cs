namespace Dmex.Fast.Lab.Peers;

/// <summary>Signs an order hash as an Ethereum personal message with somebody else's library, for comparison.</summary>
internal interface IMessageSigner : IDisposable
{
    /// <summary>Writes r‖s (64 bytes big-endian, low s) and returns v, 27 or 28.</summary>
    int Sign(ReadOnlySpan<byte> orderHash, Span<byte> signature);
}
