namespace Dmex.Fast;

/// <summary>How all open orders are canceled. Read once, when it begins.</summary>
public sealed class CancelAllOptions
{
    /// <summary>How long to go on while anything is open; what is open then is listed, and what was fired is still retried.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether it keeps to the client's rate budget, its reserve included. Off: everything goes at once.</summary>
    public bool RespectRateBudget { get; set; }

    /// <exception cref="ArgumentException">An option is wrong; the message names it and the expected form.</exception>
    internal void Validate()
    {
        if (Timeout <= TimeSpan.Zero || Timeout > TimeSpan.FromDays(1))
        {
            throw Invalid(nameof(Timeout), $"a time above zero and at most a day, not {Timeout}.");
        }
    }

    private static ArgumentException Invalid(string option, string expected) => new($"{option}: {expected}", option);
}
