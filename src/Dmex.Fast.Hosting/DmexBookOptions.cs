namespace Dmex.Fast.Hosting;

/// <summary>The book of armed cancels. Without <see cref="Capacity"/> there is none.</summary>
public sealed class DmexBookOptions
{
    /// <summary>How many orders it holds; 0 for no book.</summary>
    public int Capacity { get; set; }

    /// <summary>Its file, opened or created; null keeps it in memory alone, and a killed process leaves nothing to fire.</summary>
    public string? File { get; set; }

    /// <summary>What happens to an order that is armed while a panic's latch covers its tag.</summary>
    public BookLatchedPolicy WhenLatched { get; set; } = BookLatchedPolicy.Fire;

    /// <summary>Whether each signature is verified before its order is armed.</summary>
    public bool VerifyArmed { get; set; } = true;

    /// <summary>How long an external signer may take for one signature.</summary>
    public TimeSpan SignerTimeout { get; set; } = new CancelBookOptions().SignerTimeout;
}
