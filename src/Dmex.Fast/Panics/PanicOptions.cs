namespace Dmex.Fast;

/// <summary>How a panic goes about it. Read once, when it begins.</summary>
public sealed class PanicOptions
{
    /// <summary>The defaults.</summary>
    internal static PanicOptions Default { get; } = new();

    /// <summary>How long to wait for the venue's answers; what is unresolved then is listed, and still retried.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How several connections are used.</summary>
    public PanicSharing Sharing { get; set; } = PanicSharing.Shard;

    /// <summary>
    /// Whether the panic keeps to the client's rate budget, its reserve included; other cancels then wait until the panic's have been sent.
    /// Off: everything goes at once.
    /// </summary>
    public bool RespectRateBudget { get; set; }

    /// <exception cref="ArgumentException">An option is wrong; the message names it and the expected form.</exception>
    internal void Validate()
    {
        if (Timeout <= TimeSpan.Zero || Timeout > TimeSpan.FromDays(1))
        {
            throw Invalid(nameof(Timeout), $"a time above zero and at most a day, not {Timeout}.");
        }

        // Not Enum.IsDefined: what that remembers of a type is collected with generation 2, and made again by the panic behind it.
        if (Sharing is not (PanicSharing.Shard or PanicSharing.Broadcast))
        {
            throw Invalid(nameof(Sharing), $"{PanicSharing.Shard} or {PanicSharing.Broadcast}, not {Sharing}.");
        }
    }

    private static ArgumentException Invalid(string option, string expected) => new($"{option}: {expected}", option);
}
