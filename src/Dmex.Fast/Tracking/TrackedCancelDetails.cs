using Dmex.Fast.Signing;

namespace Dmex.Fast.Tracking;

/// <summary>
/// What a panic does not touch of a <see cref="TrackedCancel"/>, which lies elsewhere: firing thousands of orders takes as long as their
/// memory takes to come.
/// </summary>
internal sealed class TrackedCancelDetails
{
    /// <inheritdoc cref="TrackedCancel.Signature"/>
    public Signature Signature;

    /// <inheritdoc cref="TrackedCancel.Reported"/>
    public CancelOutcome Reported;

    /// <inheritdoc cref="TrackedCancel.TroubleText"/>
    public string? TroubleText;

    /// <inheritdoc cref="TrackedCancel.TroubleAt"/>
    public long TroubleAt;

    /// <inheritdoc cref="TrackedCancel.SightedFrom"/>
    public long SightedFrom;

    /// <inheritdoc cref="TrackedCancel.SightedUntil"/>
    public long SightedUntil;

    /// <inheritdoc cref="TrackedCancel.Acknowledgments"/>
    public int Acknowledgments;
}
