namespace Dmex.Fast.Standby;

/// <summary>A standby fired, or would have in a dry run.</summary>
/// <param name="evidence">What it was decided on.</param>
/// <param name="isDryRun">Whether nothing was sent.</param>
public sealed class ReplicaFiredEventArgs(FireEvidence evidence, bool isDryRun) : EventArgs
{
    /// <summary>What it was decided on.</summary>
    public FireEvidence Evidence { get; } = evidence;

    /// <summary>Whether nothing was sent.</summary>
    public bool IsDryRun { get; } = isDryRun;
}
