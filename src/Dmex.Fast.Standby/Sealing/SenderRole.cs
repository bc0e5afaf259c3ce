namespace Dmex.Fast.Standby.Sealing;

/// <summary>What a sender is; the numbers go over the wire.</summary>
internal enum SenderRole : byte
{
    /// <summary>Nobody.</summary>
    None = 0,

    /// <summary>The process that arms.</summary>
    Engine = 1,

    /// <summary>A process that can fire.</summary>
    Standby = 2,

    /// <summary>A person's command.</summary>
    Operator = 3,
}
