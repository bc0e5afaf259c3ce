using System.Globalization;
using System.Threading.Channels;
using Dmex.Fast.Signing;
using Dmex.Fast.Standby.Nats;
using Dmex.Fast.Standby.Tests.Support;

namespace Dmex.Fast.Standby.Tests.Network;

/// <summary>The engine's process: arms every order with its key, and says how many a standby holds.</summary>
internal static class LabEngine
{
    /// <summary>How many orders it arms after a resume.</summary>
    public const int ArmedAfterResume = 10;

    /// <summary>What it is told after a fire: to forget the orders that were canceled, to resume, and to arm others.</summary>
    public const string Resume = "resume";

    /// <summary>What it is told to make its trading loop hang for good.</summary>
    public const string Hang = "hang";

    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(20);

    public static async Task RunAsync(
        string file, Uri venue, int count, string udp, ChannelReader<string> commands, CancellationToken cancellationToken)
    {
        var options = NatsStandbyOptions.Load(file);
        await using var link = NatsStandbyLink.Open(options);
        using var standbyKey = StandbyKey.OpenFile(options.KeyFile!);
        using var key = LabVenue.OpenKey();
        using var book = CancelBook.Create(new CancelBookOptions { Capacity = count, Endpoint = venue }, key);
        await using var engine = new StandbyEngine(LabStandby.OptionsOf("engine", options.Book, udp), standbyKey, link, book);
        await link.WaitForServersAsync(2, cancellationToken);
        await engine.StartAsync(cancellationToken);
        var (first, armed, end) = (1, 0, count);
        while (true)
        {
            engine.Pulse();
            _ = commands.TryRead(out var command);
            if (string.Equals(command, Hang, StringComparison.Ordinal))
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }

            if (string.Equals(command, Resume, StringComparison.Ordinal))
            {
                book.ListOrders(BookScope.All).ToList().ForEach(order => book.Forget(order.Hash));
                (first, armed, end) = (count + 1, count, count + ArmedAfterResume);
                await ResumeAsync(engine, cancellationToken);
            }

            for (var next = Math.Min(armed + 200, end); armed < next; armed++)
            {
                if (book.Arm(TestBook.Hash(armed + 1), tag: 1) != ArmResult.Armed)
                {
                    throw new InvalidOperationException($"Order {armed + 1} was not armed.");
                }
            }

            var numbers = Enumerable.Range(first, end - first + 1);
            Tell(engine, armed == end && numbers.All(number => engine.IsReplicated(TestBook.Hash(number), standbys: 2)));
            await Task.Delay(Turn, cancellationToken);
        }
    }

    /// <summary>Resumes while the trading loop goes on to pulse.</summary>
    private static async Task ResumeAsync(StandbyEngine engine, CancellationToken cancellationToken)
    {
        var resuming = engine.ResumeAsync(engine.State.FenceId, cancellationToken).AsTask();
        while (!resuming.IsCompleted)
        {
            engine.Pulse();
            await Task.Delay(Turn, cancellationToken);
        }

        await resuming;
    }

    private static int Bit(bool value) => value ? 1 : 0;

    private static void Tell(StandbyEngine engine, bool isHeld)
    {
        var state = engine.State;
        LabProgram.Say(string.Create(
            CultureInfo.InvariantCulture,
            $"held={Bit(isHeld)} latched={Bit(state.IsLatched)} generation={state.Generation} fenced={Bit(state.FenceId != 0)} "
                    + $"unguarded={Bit(state.Touch == EngineTouch.Unguarded)} ")
            + LabProgram.Resident);
    }
}
