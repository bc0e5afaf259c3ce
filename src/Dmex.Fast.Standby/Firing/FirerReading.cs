namespace Dmex.Fast.Standby.Firing;

/// <summary>Asks a firer, which is user code, from where nothing may fail for it.</summary>
internal static class FirerReading
{
    /// <summary>
    /// Whether it says that it can fire. One that throws cannot: the standby's turn, which asks it too, counts what it threw and tells it;
    /// reading the state, as health and metrics do, goes on.
    /// </summary>
    public static bool SaysItCanFire(this IStandbyFirer firer)
    {
        try
        {
            return firer.CanFire;
        }
        catch (Exception)
        {
            return false;
        }
    }
}
