namespace Dmex.Fast.Lab.Peers;

/// <summary>Which library signs in the usual way.</summary>
internal enum UsualSigner
{
    /// <summary>BouncyCastle.Cryptography.</summary>
    BouncyCastle,

    /// <summary>Nethereum.Signer.</summary>
    Nethereum,

    /// <summary>NBitcoin.Secp256k1.</summary>
    NBitcoin,
}
