namespace Dmex.Fast;

/// <summary>What happens to an order that is to be armed when the book is full.</summary>
public enum BookFullPolicy
{
    /// <summary>It is not armed: <see cref="ArmResult.Full"/>. Nothing that was armed is given up.</summary>
    Refuse,

    /// <summary>
    /// It takes the place of the order that was armed longest ago, in the lowest priority that there is, never of one of a
    /// higher priority than its own and never of one that a panic has sent: <see cref="ArmResult.ArmedInPlace"/>. The order
    /// that lost its place is not protected any more; <see cref="CancelBookOptions.Evicted"/> is told which one it was.
    /// </summary>
    ReplaceOldest,
}
