namespace Dmex.Fast.Standby.Local;

/// <summary>What a standby on the engine's host needs to know. Read once, at its start.</summary>
public sealed class LocalStandbyOptions
{
    /// <summary>The file of the engine's book.</summary>
    public required string BookPath { get; set; }

    /// <summary>The engine's beat page; the book's path with <c>.beat</c> behind it when null.</summary>
    public string? BeatPagePath { get; set; }

    /// <summary>After how much silence it fires, from 100 ms to an hour; what the engine says in its page when null.</summary>
    public TimeSpan? Ttl { get; set; }

    /// <summary>Watches, and says what it would fire, but does not connect, fence or send anything: safe beside production.</summary>
    public bool IsDryRun { get; set; }

    /// <summary>Waits until there is the page of an engine that runs, in place of an error when there is none.</summary>
    public bool WaitsForEngine { get; set; }

    /// <summary>How to connect to the venue. Its book is the standby's to set; a key is not needed.</summary>
    public required DmexClientOptions Client { get; set; }

    /// <summary>How the panic goes about it.</summary>
    public PanicOptions Panic { get; set; } = new() { Timeout = TimeSpan.FromSeconds(10) };

    /// <summary>Where the page is.</summary>
    internal string PagePath => Path.GetFullPath(BeatPagePath ?? BookPath + ".beat");

    /// <exception cref="ArgumentException">An option is wrong; the message names it and the expected form.</exception>
    internal void Validate()
    {
        if (string.IsNullOrEmpty(BookPath))
        {
            throw Invalid(nameof(BookPath), "the path of the engine's book.");
        }

        if (Client is null || Panic is null)
        {
            throw Invalid(Client is null ? nameof(Client) : nameof(Panic), "a value, not null.");
        }

        Panic.Validate();
        if (Ttl is { } ttl && (ttl < StandbyOptions.MinTtl || ttl > StandbyOptions.MaxTtl))
        {
            throw Invalid(
                nameof(Ttl), $"from {StandbyOptions.MinTtl.TotalMilliseconds} ms to {StandbyOptions.MaxTtl.TotalMinutes} min, not {ttl}.");
        }
    }

    private static ArgumentException Invalid(string option, string expected) => new($"{option}: {expected}", option);
}
