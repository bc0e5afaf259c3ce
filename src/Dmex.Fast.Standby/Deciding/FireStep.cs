namespace Dmex.Fast.Standby.Deciding;

/// <summary>What a standby has to do now.</summary>
internal enum FireStep
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Send every armed cancel, and fence the generation; neither waits for the other.</summary>
    FireAll,

    /// <summary>Send the armed cancels whose orders no other standby reported closed.</summary>
    FireRest,

    /// <summary>Report that this would have been a fire: a dry run.</summary>
    WouldFire,
}
