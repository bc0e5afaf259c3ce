using System.Diagnostics;
using System.Globalization;
using Dmex.Fast.Tests.Support;
using Dmex.Fast.Tests.Unit.Book;
using Xunit;

namespace Dmex.Fast.Tests.EndToEnd.Book;

/// <summary>
/// A process that works on sixteen books at once, on as many threads, is killed (SIGKILL) at a random moment, again and
/// again: most of its threads are then in the middle of an operation.
/// </summary>
public sealed class BookKillTests(ITestOutputHelper output) : IDisposable
{
    private const int Kills = 20;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dmex-killed-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_killed_process_loses_nothing_that_was_done_and_leaves_nothing_half_done()
    {
        var random = Seed.Create(output);
        var seed = random.Next() >> 1;
        var start = Stopwatch.GetTimestamp();
        var books = Enumerable.Range(0, BookKillProbe.Count).Select(number => new KilledBook(seed + number)).ToArray();
        for (var number = 0; number < books.Length; number++)
        {
            CancelBook.CreateFile(KilledBook.PathOf(_folder.FullName, number), Books.Options(KilledBook.Capacity)).Dispose();
        }

        using var progress = KilledBook.OpenProgress(_folder.FullName, books.Length);
        var followed = new long[books.Length];
        var unfinished = 0;
        var operations = 0L;
        for (var kill = 0; kill < Kills; kill++)
        {
            WorkAndKill(seed, progress, followed, random);
            for (var number = 0; number < books.Length; number++)
            {
                var done = progress.ReadInt64(number * 64);
                operations += done - followed[number];
                while (followed[number] < done)
                {
                    books[number].Follow(followed[number]++);
                }

                unfinished += Check(number, books[number], done) ? 1 : 0;
                books[number].Restart();
                followed[number]++;
                progress.Write(number * 64, done + 1);
            }
        }

        output.WriteLine(
            $"{Kills} kills of {books.Length} books: {operations} operations, {unfinished} books with an operation done and not "
            + $"acknowledged, {Stopwatch.GetElapsedTime(start)}");
    }

    /// <summary>Compares the book with its model, before or after the operation that was in progress, and ends that operation.</summary>
    private bool Check(int number, KilledBook killed, long step)
    {
        using var book = CancelBook.OpenFile(
            KilledBook.PathOf(_folder.FullName, number), options: new CancelBookOptions { VerifyArmed = false });
        Assert.Equal(0, book.Recovered.Torn);
        Assert.Equal(0, book.Recovered.MissingBytes);
        var (before, firedBefore) = Expected(killed);
        killed.Follow(step);
        var (after, firedAfter) = Expected(killed);
        var found = book.ListOrders(BookScope.All)
            .ToDictionary(order => Books.Number(order.Hash), order => (order.Tag, order.Priority, !order.Pending));
        var isBefore = Same(found, before) && book.Recovered.FiredBefore == firedBefore;
        Assert.True(isBefore || Same(found, after), $"book {number} after {step} operations: {Difference(found, before, after)}");
        Assert.InRange(book.Recovered.FiredBefore, Math.Min(firedBefore, firedAfter), Math.Max(firedBefore, firedAfter));

        // Whether it was done or not, it is now; to this process, what the killed one has sent was sent before.
        killed.Restart();
        killed.Do(book, step);
        killed.Follow(step);
        Assert.False(book.IsLatched);
        return !isBefore;
    }

    private static (Dictionary<int, (ulong Tag, int Priority, bool Live)> Orders, int Fired) Expected(KilledBook killed) =>
        (killed.Model.ToDictionary(pair => pair.Key, pair => (pair.Value.Tag, pair.Value.Priority, pair.Value.Live)),
            killed.Model.Values.Count(entry => entry.FiredNow || entry.FiredBefore));

    private static bool Same(Dictionary<int, (ulong, int, bool)> found, Dictionary<int, (ulong, int, bool)> expected) =>
        found.Count == expected.Count && found.All(pair => expected.TryGetValue(pair.Key, out var entry) && entry == pair.Value);

    private static string Difference(Dictionary<int, (ulong, int, bool)> found, params Dictionary<int, (ulong, int, bool)>[] expected) =>
        string.Join("; ", expected.Select(orders => string.Join(", ", orders.Keys.Union(found.Keys)
            .Where(number => found.GetValueOrDefault(number) != orders.GetValueOrDefault(number))
            .Select(number => $"order {number} is {found.GetValueOrDefault(number)} instead of {orders.GetValueOrDefault(number)}"))));

    private void WorkAndKill(int seed, UnmanagedMemoryAccessor progress, long[] followed, Random random)
    {
        var executable = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "Dmex.Fast.Tests.exe" : "Dmex.Fast.Tests");
        var info = new ProcessStartInfo(executable, ["-class", typeof(BookKillProbe).FullName!, "-noColor"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in info.Environment.Keys.Where(name => name.StartsWith("TESTINGPLATFORM", StringComparison.OrdinalIgnoreCase))
            .ToArray())
        {
            info.Environment.Remove(name);
        }

        info.Environment[BookKillProbe.Folder] = _folder.FullName;
        info.Environment[BookKillProbe.SeedOfBooks] = seed.ToString(CultureInfo.InvariantCulture);
        using var process = Process.Start(info)!;
        try
        {
            var printed = process.StandardOutput.ReadToEndAsync();
            Wait.UntilSync(
                () => Enumerable.Range(0, followed.Length).All(number => progress.ReadInt64(number * 64) > followed[number] + 100)
                    || (process.HasExited ? throw new InvalidOperationException(printed.Result) : false),
                "every book is worked on");
            Thread.Sleep(random.Next(20));
        }
        finally
        {
            process.Kill();
            Assert.True(process.WaitForExit(Wait.Long), "the killed process ends");
        }
    }
}
