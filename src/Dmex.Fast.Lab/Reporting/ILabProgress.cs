namespace Dmex.Fast.Lab.Reporting;

/// <summary>Told how far a measurement is, between what is measured.</summary>
internal interface ILabProgress
{
    /// <summary>A new stage begins.</summary>
    /// <param name="what">A few words about it.</param>
    void Stage(string what);

    /// <summary>How much of the stage is done.</summary>
    /// <param name="fraction">From 0 to 1.</param>
    void Advance(double fraction);

    /// <summary>Something that the user should know, and that does not end the measurement.</summary>
    /// <param name="message">One or more sentences.</param>
    void Warn(string message);
}
