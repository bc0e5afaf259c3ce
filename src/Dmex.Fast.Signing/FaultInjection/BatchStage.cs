namespace Dmex.Fast.Signing.FaultInjection;

/// <summary>The points at which a <see cref="BatchSeam"/> is called.</summary>
internal enum BatchStage
{
    /// <summary>The next nonces' input has been written.</summary>
    NonceInput,

    /// <summary>The digests and nonces are there; a nonce of 0 is a refused one.</summary>
    Nonces,

    /// <summary>Two partial sums of each group are there, where additions share inversions.</summary>
    Sums,

    /// <summary>The groups' points are there, in homogeneous coordinates.</summary>
    Points,

    /// <summary>The products are inverted; what follows completes the signatures.</summary>
    Inverses,
}
