using Dmex.Fast.Signing;

namespace Dmex.Fast.Hosting.Tests;

/// <summary>A signer that does as told, and counts how often it was asked.</summary>
internal sealed class ScriptedSigner(EthereumAddress address, Func<OrderHash, CancellationToken, Task<Signature>> sign) : ICancelSigner
{
    private int _asked;

    public int Asked => _asked;

    public EthereumAddress Address => address;

    public ValueTask<Signature> SignAsync(OrderHash hash, CancellationToken cancellationToken)
    {
        _ = Interlocked.Increment(ref _asked);
        return new ValueTask<Signature>(sign(hash, cancellationToken));
    }
}
