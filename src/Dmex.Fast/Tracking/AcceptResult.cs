namespace Dmex.Fast.Tracking;

/// <summary>What the table did with a cancel.</summary>
internal enum AcceptResult
{
    /// <summary>The order is not in the table: sign, and begin it.</summary>
    NotThere,

    /// <summary>The caller waits for a copy that is outstanding already.</summary>
    Joined,

    /// <summary>The caller waits, and its copy is to be sent now.</summary>
    Send,

    /// <summary>The caller waits for room; its copy is sent later, by the clock.</summary>
    WaitsForRoom,

    /// <summary>Nothing was accepted: there is no room.</summary>
    Full,

    /// <summary>Nothing was accepted: the table has stopped.</summary>
    Stopped,
}
