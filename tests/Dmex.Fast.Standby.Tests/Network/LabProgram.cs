using System.Diagnostics;
using System.Globalization;
using System.Threading.Channels;
using Dmex.Fast.Standby.Links;
using Dmex.Fast.Standby.Nats;
using Dmex.Fast.Standby.Tests.Nats;

namespace Dmex.Fast.Standby.Tests.Network;

/// <summary>What a process of the lab does; it says what it sees in lines, and ends with its standard input.</summary>
internal static class LabProgram
{
    /// <summary>The first argument by which this assembly is such a process.</summary>
    public const string Word = "lab";

    /// <summary>The memory of this process that is resident, in MiB, as part of a line.</summary>
    public static string Resident => string.Create(CultureInfo.InvariantCulture, $"resident={Environment.WorkingSet >> 20}");

    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(100);

    public static async Task<int> RunAsync(string[] arguments)
    {
        using var ends = new CancellationTokenSource();
        var commands = Channel.CreateUnbounded<string>();
        var running = arguments switch
        {
            ["beats", var file] => SendBeatsAsync(file, ends.Token),
            ["listens", var file] => ListenAsync(file, ends.Token),
            ["venue", var count] => LabVenue.RunAsync(Number(count), ends.Token),
            ["engine", var file, var venue, var count, var udp] =>
                LabEngine.RunAsync(file, new Uri(venue), Number(count), udp, commands.Reader, ends.Token),
            ["standby", var file, var venue, var name, var policy, var udp] =>
                LabStandby.RunAsync(file, new Uri(venue), name, Enum.Parse<IsolationPolicy>(policy), udp, ends.Token),
            ["leader", var file] => FindLeaderAsync(file, ends.Token),
            ["arms", var file, var rate, var seconds] => LinkLatency.ArmAsync(file, Number(rate), Number(seconds), ends.Token),
            ["sees", var file, var seconds] => LinkLatency.SeeAsync(file, Number(seconds), ends.Token),
            _ => throw new ArgumentException(string.Join(' ', arguments), nameof(arguments)),
        };
        try
        {
            _ = await Task.WhenAny(running, ReadCommandsAsync(commands.Writer, ends.Token));
            await ends.CancelAsync();
            await running;
        }
        catch (OperationCanceledException)
        {
            // It was told to end.
        }

        return 0;
    }

    /// <summary>As an engine: a beat and a durable record each 100 ms.</summary>
    private static async Task SendBeatsAsync(string file, CancellationToken cancellationToken)
    {
        await using var link = NatsStandbyLink.Open(NatsStandbyOptions.Load(file));
        var last = 0UL;
        while (true)
        {
            var paths = link.TrySend(StandbyChannel.Beat, [1]);
            try
            {
                using var soon = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                soon.CancelAfter(TimeSpan.FromSeconds(2));
                last = await link.AppendAsync(StandbyStreamKind.Batch, new byte[8], last, soon.Token);
            }
            catch (StandbyLinkException)
            {
                last = await TryGetLastAsync(link, last, cancellationToken);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                last = await TryGetLastAsync(link, last, cancellationToken);
            }

            Say($"paths={paths} last={last}");
            await Task.Delay(Beat, cancellationToken);
        }
    }

    /// <summary>
    /// As a standby: tells each 100 ms how old the last beat is, and how many servers answered what was asked in the last 500 ms.
    /// </summary>
    private static async Task ListenAsync(string file, CancellationToken cancellationToken)
    {
        await using var link = NatsStandbyLink.Open(NatsStandbyOptions.Load(file));
        var lastBeat = 0L;
        using var subscription = link.Subscribe(StandbyChannel.Beat, _ => Volatile.Write(ref lastBeat, Stopwatch.GetTimestamp()));
        while (true)
        {
            link.AskWitnesses();
            await Task.Delay(Beat, cancellationToken);
            var silence = Stopwatch.GetElapsedTime(Volatile.Read(ref lastBeat)).TotalMilliseconds;
            var witnesses = link.WitnessesSince(Stopwatch.GetTimestamp() - (Stopwatch.Frequency / 2));
            Say($"witnesses={witnesses} silence={(Volatile.Read(ref lastBeat) == 0 ? -1 : (long)silence)}");
        }
    }

    /// <summary>Ends with the standard input.</summary>
    private static async Task ReadCommandsAsync(ChannelWriter<string> commands, CancellationToken cancellationToken)
    {
        while (await Console.In.ReadLineAsync(cancellationToken) is { } line)
        {
            await commands.WriteAsync(line, cancellationToken);
        }
    }

    private static async Task FindLeaderAsync(string file, CancellationToken cancellationToken) =>
        Say($"leader={await StreamLeader.FindAsync(NatsStandbyOptions.Load(file), cancellationToken)}");

    private static async Task<ulong> TryGetLastAsync(NatsStandbyLink link, ulong last, CancellationToken cancellationToken)
    {
        try
        {
            return await link.GetLastSequenceAsync(cancellationToken);
        }
        catch (StandbyLinkException)
        {
            return last;
        }
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    /// <summary>Says a line, after the milliseconds of the clock that all processes of this machine share.</summary>
    public static void Say(string line)
    {
        var now = Stopwatch.GetTimestamp() * 1000 / Stopwatch.Frequency;
        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{now} {line}"));
        Console.Out.Flush();
    }
}
