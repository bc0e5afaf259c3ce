using Dmex.Fast.Options;

namespace Dmex.Fast;

/// <summary>
/// How standbys watch this engine, and when it may go on after they have fired. Read once, when the client connects. docs/standby.md has
/// the whole of it.
/// </summary>
public sealed class StandbyOptions
{
    /// <summary>
    /// The file by which a standby finds this engine (<c>dmex standby --beat-page</c>); null for none. It is made when the client
    /// connects, mode 0600, and names the process, the account and the book, which must be recorded in a file. Linux only.
    /// </summary>
    public string? BeatPage { get; set; }

    /// <summary>
    /// The standby fires when <see cref="DmexClient.Pulse"/> was not called for so long, from 100 ms to an hour. Longer than the longest
    /// pause that the trading loop makes when all is well, collections of garbage among them.
    /// </summary>
    public TimeSpan Ttl { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// The engine's side of standbys on other hosts; null for none. It replicates <see cref="DmexClientOptions.Book"/>, and must outlive
    /// the client, which does not dispose it.
    /// </summary>
    public IEngineGuard? Guard { get; set; }

    /// <summary>
    /// Whether <see cref="DmexClient.ResumeAsync"/> goes on although the venue's list has orders that this engine's book did not hold:
    /// other programs trade for the account. Orders that were fired must be gone from the list either way. Off by default.
    /// </summary>
    public bool ResumeWithOtherOrders { get; set; }

    internal void Check(OptionErrors errors, string group, CancelBook? book)
    {
        if (Ttl < MinTtl || Ttl > MaxTtl)
        {
            errors.Add($"{group}.{nameof(Ttl)}", $"from {MinTtl.TotalMilliseconds} ms to {MaxTtl.TotalMinutes} min, not {Ttl}.");
        }

        if (Guard is not null && book is null)
        {
            errors.Add($"{group}.{nameof(Guard)}", $"needs {nameof(DmexClientOptions.Book)}: the one that it replicates.");
        }

        if (BeatPage is null)
        {
            return;
        }

        const string Page = nameof(BeatPage);
        if (BeatPage.Length == 0)
        {
            errors.Add($"{group}.{Page}", "the path of a file, or null for none, not an empty text.");
        }

        if (!OperatingSystem.IsLinux())
        {
            errors.Add($"{group}.{Page}", "null: on this operating system there is no beat page.");
        }

        if (book?.FileIdentity is null)
        {
            errors.Add(
                $"{group}.{Page}",
                $"needs {nameof(DmexClientOptions.Book)}, and one that is recorded in a file "
                    + $"({nameof(CancelBook)}.{nameof(CancelBook.CreateFile)}): the standby fires what the file holds.");
        }
    }

    internal static readonly TimeSpan MinTtl = TimeSpan.FromMilliseconds(100);
    internal static readonly TimeSpan MaxTtl = TimeSpan.FromHours(1);
}
