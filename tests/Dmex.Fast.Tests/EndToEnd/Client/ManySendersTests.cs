using System.Globalization;
using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.EndToEnd.Client;

public sealed class ManySendersTests
{
    private const int Threads = 8;

    [Fact]
    public async Task Eight_threads_send_a_hundred_thousand_messages_each_and_all_arrive_whole_and_in_order()
    {
        var count = int.TryParse(Environment.GetEnvironmentVariable("DMEX_TEST_SENDS"), CultureInfo.InvariantCulture, out var given) ? given
            : 100_000;
        var next = new int[Threads];
        using var peer = new ThreadedPeer(text =>
        {
            var space = Array.IndexOf(text, (byte)' ');
            var thread = int.Parse(text.AsSpan(0, space), CultureInfo.InvariantCulture);
            var number = int.Parse(text.AsSpan(space + 1), CultureInfo.InvariantCulture);
            if (number != next[thread])
            {
                throw new InvalidOperationException($"Thread {thread}: {number} in place of {next[thread]}.");
            }

            Volatile.Write(ref next[thread], number + 1);
        });
        await using var client = await TestClient.ConnectAsync(peer.Uri);
        var notWritten = 0;
        var senders = Enumerable.Range(0, Threads).Select(t => new Thread(() =>
        {
            var text = new byte[16];
            for (var i = 0; i < count; i++)
            {
                _ = System.Text.Unicode.Utf8.TryWrite(text, CultureInfo.InvariantCulture, $"{t} {i}", out var length);
                var outcome = Send(client, text.AsMemory(0, length));
                if (outcome.Kind != SendOutcomeKind.Written)
                {
                    _ = Interlocked.Increment(ref notWritten);
                }
            }
        })).ToArray();
        Array.ForEach(senders, s => s.Start());
        await Task.Run(() => Wait.Joined(senders));
        await Wait.Until(() => peer.Failure is not null || Array.TrueForAll(next, n => n == count), "all arrived");
        Assert.Null(peer.Failure);
        Assert.Equal(0, notWritten);
    }

    private static SendOutcome Send(DmexClient client, ReadOnlyMemory<byte> text)
    {
        var send = client.SendTextAsync(text);
        return send.IsCompleted ? send.Result : send.AsTask().GetAwaiter().GetResult();
    }
}
