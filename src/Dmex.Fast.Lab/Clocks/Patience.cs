namespace Dmex.Fast.Lab.Clocks;

/// <summary>
/// Options for a measured client. On a machine that is busy with something else, an answer that is late by seconds must not be met
/// with a second copy, whose answer is another: that the order was canceled already.
/// </summary>
internal static class Patience
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);

    /// <summary>Sets the time-outs that only a hang reaches, and returns the options.</summary>
    public static DmexClientOptions Patient(this DmexClientOptions options)
    {
        options.Retry.AckTimeout = Long;
        options.CancelTimeout = Long;
        options.Liveness.PongTimeout = Long;
        return options;
    }
}
