using System.Diagnostics;
using Dmex.Fast.Beats;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Standby.Local;

/// <summary>What a beat page says of its engine and of who watches it, at one moment. An immutable value.</summary>
public sealed record LocalStandbyStatus
{
    /// <summary>The engine's process.</summary>
    public required int ProcessId { get; init; }

    /// <summary>When the engine made its page.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Whose orders it has.</summary>
    public required EthereumAddress Account { get; init; }

    /// <summary>Its book.</summary>
    public required string BookPath { get; init; }

    /// <summary>After how much silence a standby fires.</summary>
    public required TimeSpan Ttl { get; init; }

    /// <summary>Whether the process runs.</summary>
    public required bool IsRunning { get; init; }

    /// <summary>Whether its client was closed.</summary>
    public required bool IsClosed { get; init; }

    /// <summary>The fence that holds; null for none.</summary>
    public required StandbyFence? Fence { get; init; }

    /// <summary>Whether the engine has found it; its book is latched then.</summary>
    public bool HasFoundFence { get; init; }

    /// <summary>How often it pulsed.</summary>
    public long Pulses { get; init; }

    /// <summary>How long ago it pulsed; null when it does not run, or has not pulsed yet.</summary>
    public TimeSpan? Silence { get; init; }

    /// <summary>The standby that looked last; null when none ever has.</summary>
    public int? StandbyProcessId { get; init; }

    /// <summary>How long ago that was.</summary>
    public TimeSpan? StandbySilence { get; init; }

    /// <summary>Whether a standby watches now that can fire: it looks a hundred times a second.</summary>
    public bool IsWatched => StandbySilence < TimeSpan.FromSeconds(1);

    /// <summary>How many orders the book's file holds.</summary>
    public required int Orders { get; init; }

    /// <summary>Reads a page and its book; changes nothing.</summary>
    /// <param name="bookPath">The book.</param>
    /// <param name="beatPagePath">The page; the book's path with <c>.beat</c> behind it when null.</param>
    /// <exception cref="BeatPageException">There is no such page, or it cannot be read, or is another book's.</exception>
    /// <exception cref="BookFileException">The book cannot be read.</exception>
    public static unsafe LocalStandbyStatus Read(string bookPath, string? beatPagePath = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(bookPath);
        using var page = BeatPage.Open(Path.GetFullPath(beatPagePath ?? bookPath + ".beat"));
        using var book = CancelBook.OpenReadOnly(bookPath);
        var status = new LocalStandbyStatus
        {
            ProcessId = page.Head.Process.Id,
            StartedAt = page.Head.MadeAt,
            Account = page.Head.Account,
            BookPath = page.Head.BookPath,
            Ttl = page.Head.Ttl,
            IsRunning = page.Head.Process.IsRunning,
            IsClosed = page.IsClosed,
            Fence = page.Fence,
            Orders = book.Count,
        };
        if (!status.IsRunning)
        {
            return status;
        }

        using var memory = page.Attach();
        var now = Stopwatch.GetTimestamp();
        var words = memory.Words;
        return status with
        {
            HasFoundFence = words->Fence != 0 && words->FoundFence == words->Fence,
            Pulses = words->Pulses,
            Silence = words->PulsedAt == 0 ? null : Stopwatch.GetElapsedTime(Math.Min(words->PulsedAt, now), now),
            StandbyProcessId = words->WatchedAt == 0 ? null : words->WatchedBy,
            StandbySilence = words->WatchedAt == 0 ? null : Stopwatch.GetElapsedTime(Math.Min(words->WatchedAt, now), now),
        };
    }
}
