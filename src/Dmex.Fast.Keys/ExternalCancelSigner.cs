using System.Numerics;
using Dmex.Fast.Signing;
using Nethereum.Signer;

namespace Dmex.Fast.Keys;

/// <summary>
/// Signs cancels by an <see cref="IEthExternalSigner"/> of Nethereum: a key in a cloud's key service, a hardware wallet, or Trezor.
/// Thread-safe as far as that signer is.
/// </summary>
public sealed class ExternalCancelSigner : ICancelSigner
{
    private readonly IEthExternalSigner _signer;

    private ExternalCancelSigner(IEthExternalSigner signer, EthereumAddress address)
    {
        _signer = signer;
        Address = address;
    }

    /// <inheritdoc/>
    public EthereumAddress Address { get; }

    /// <summary>Asks the signer for its address.</summary>
    /// <param name="signer">Nethereum's; stays the caller's.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ArgumentNullException"><paramref name="signer"/> is null.</exception>
    /// <exception cref="FormatException">What it gives is no address.</exception>
    public static async Task<ExternalCancelSigner> CreateAsync(IEthExternalSigner signer, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(signer);
        var address = await signer.GetAddressAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        return new ExternalCancelSigner(signer, EthereumAddress.Parse(address));
    }

    /// <inheritdoc/>
    public async ValueTask<Signature> SignAsync(OrderHash hash, CancellationToken cancellationToken)
    {
        var signed = await _signer.SignEthereumMessageAsync(hash.AsSpan().ToArray()).WaitAsync(cancellationToken).ConfigureAwait(false);
        if (signed.V is not [.., var v])
        {
            return Signature.FromDer(signed.ToDER(), hash, Address); // a signer that does not find v
        }

        var rsv = new byte[Signature.Size + 1];
        Pad(signed.R, rsv.AsSpan(0, 32));
        Pad(signed.S, rsv.AsSpan(32, 32));
        rsv[^1] = v;
        return Signature.FromBytes(rsv, normalizeS: true);
    }

    // Nethereum gives numbers without leading zeros, or with one for the sign.
    private static void Pad(ReadOnlySpan<byte> number, Span<byte> destination)
    {
        var value = new BigInteger(number, isUnsigned: true, isBigEndian: true);
        var length = value.GetByteCount(isUnsigned: true);
        destination.Clear();
        _ = value.TryWriteBytes(destination[(destination.Length - length)..], out _, isUnsigned: true, isBigEndian: true);
    }
}
