namespace Dmex.Fast.Standby.Links;

/// <summary>
/// Counts the servers that answered, by their ids and at most one a path: clients follow the addresses that servers announce, so that
/// several paths may end at one server, and a server that restarts has a new id on the same path. Thread-safe; never waits.
/// </summary>
/// <param name="paths">By how many paths servers are asked.</param>
internal sealed class WitnessTable(int paths)
{
    private readonly Answer?[] _answers = new Answer?[paths];

    /// <summary>A server answered.</summary>
    /// <param name="path">The path, from 0.</param>
    /// <param name="server">Its id.</param>
    /// <param name="askedAt">When it had been asked.</param>
    public void Answered(int path, string server, long askedAt)
    {
        // An answer that comes after a later question's does not take its place.
        var answer = new Answer(server, askedAt);
        var known = Volatile.Read(ref _answers[path]);
        while (known is null || known.AskedAt < askedAt)
        {
            var seen = Interlocked.CompareExchange(ref _answers[path], answer, known);
            if (ReferenceEquals(seen, known))
            {
                return;
            }

            known = seen;
        }
    }

    /// <summary>How many distinct servers answered a question that was asked at or after a moment.</summary>
    public int CountSince(long moment)
    {
        var count = 0;
        for (var path = 0; path < _answers.Length; path++)
        {
            count += AnswerSince(path, moment) is { } answer && !IsCountedBefore(path, answer.Server, moment) ? 1 : 0;
        }

        return count;
    }

    private Answer? AnswerSince(int path, long moment) =>
        Volatile.Read(ref _answers[path]) is { } answer && answer.AskedAt >= moment ? answer : null;

    private bool IsCountedBefore(int path, string server, long moment)
    {
        for (var i = 0; i < path; i++)
        {
            if (AnswerSince(i, moment) is { } other && string.Equals(other.Server, server, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    private sealed record Answer(string Server, long AskedAt);
}
