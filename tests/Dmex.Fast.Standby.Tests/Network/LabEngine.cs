using System.Globalization;
using Dmex.Fast.Signing;
using Dmex.Fast.Standby.Nats;
using Dmex.Fast.Standby.Tests.Support;

namespace Dmex.Fast.Standby.Tests.Network;

/// <summary>The engine's process: arms every order with its key, and says how many a standby holds.</summary>
internal static class LabEngine
{
    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(20);

    public static async Task RunAsync(string file, Uri venue, int count, CancellationToken cancellationToken)
    {
        var options = NatsStandbyOptions.Load(file);
        await using var link = NatsStandbyLink.Open(options);
        using var standbyKey = StandbyKey.OpenFile(options.KeyFile!);
        using var key = LabVenue.OpenKey();
        using var book = CancelBook.Create(new CancelBookOptions { Capacity = count, Endpoint = venue }, key);
        await using var engine = new StandbyEngine(LabStandby.OptionsOf("engine", options.Book), standbyKey, link, book);
        await link.WaitForServersAsync(2, cancellationToken);
        await engine.StartAsync(cancellationToken);
        var armed = 0;
        while (true)
        {
            engine.Pulse();
            for (var end = Math.Min(armed + 200, count); armed < end; armed++)
            {
                if (book.Arm(TestBook.Hash(armed + 1), tag: 1) != ArmResult.Armed)
                {
                    throw new InvalidOperationException($"Order {armed + 1} was not armed.");
                }
            }

            var held = armed == count && Enumerable.Range(1, count).All(number => engine.IsReplicated(TestBook.Hash(number), standbys: 2));
            var state = engine.State;
            LabProgram.Say(string.Create(
                CultureInfo.InvariantCulture,
                $"armed={armed} held={(held ? 1 : 0)} latched={(state.IsLatched ? 1 : 0)} generation={state.Generation} touch={state.Touch}"));
            await Task.Delay(Turn, cancellationToken);
        }
    }
}
