namespace Dmex.Fast;

/// <summary>What happens to an order that is to be armed while a panic's latch covers its tag.</summary>
public enum BookLatchedPolicy
{
    /// <summary>Its cancel is handed to the panic at once: <see cref="ArmResult.FiredByLatch"/>.</summary>
    Fire,

    /// <summary>It is not armed: <see cref="ArmResult.RefusedByLatch"/>. If it is open at the venue, it stays open.</summary>
    Refuse,
}
