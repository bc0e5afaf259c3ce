namespace Dmex.Fast.Lab.Drills;

/// <summary>What befalls a drill's engine.</summary>
internal enum DrillFault
{
    /// <summary>Its process is killed (SIGKILL).</summary>
    Killed,

    /// <summary>Its process is stopped (SIGSTOP), and goes on when the standby has fired.</summary>
    Stopped,

    /// <summary>Its trading loop hangs in a process that is otherwise alive.</summary>
    Hung,
}
