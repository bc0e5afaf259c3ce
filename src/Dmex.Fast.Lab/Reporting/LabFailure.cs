namespace Dmex.Fast.Lab.Reporting;

/// <summary>Why a measurement failed.</summary>
internal enum LabFailure
{
    /// <summary>What was asked for cannot be done here.</summary>
    Input,

    /// <summary>The venue did not start, or stopped answering.</summary>
    Venue,
}
