namespace Dmex.Fast.Lab.Reporting;

/// <summary>A measurement that cannot be made as asked, or that the venue ended: what went wrong, and what to do about it.</summary>
internal sealed class LabException : Exception
{
    /// <summary>Describes the failure to the user.</summary>
    /// <param name="failure">Why it failed.</param>
    /// <param name="message">What went wrong, as one or more sentences.</param>
    /// <param name="remedy">What to do about it.</param>
    /// <param name="innerException">The cause, for a debugger.</param>
    public LabException(LabFailure failure, string message, string remedy, Exception? innerException = null)
        : base(message, innerException)
    {
        Failure = failure;
        Remedy = remedy;
    }

    /// <summary>Why it failed.</summary>
    public LabFailure Failure { get; }

    /// <summary>What to do about it.</summary>
    public string Remedy { get; }
}
