using System.Diagnostics;
using Dmex.Fast.Client;
using Dmex.Fast.Connections;
using Dmex.Fast.Dispatch;
using Dmex.Fast.Signing;
using Dmex.Fast.Tests.Support;
using Dmex.Fast.Tracking;
using Xunit;

namespace Dmex.Fast.Tests.Unit.Dispatch;

/// <summary>The tracker under its lock, without a connection that is up.</summary>
public sealed class CancelDispatcherTests
{
    [Fact]
    public async Task Whoever_joins_a_cancel_after_the_end_is_told_so_and_waits_for_nothing()
    {
        var endpoint = new Uri("ws://127.0.0.1:1/ws");
        var day = TimeSpan.FromDays(1);
        using var connections = new ConnectionSet(
            [CancelEngine.Settings(TestClient.Options(endpoint), null, endpoint)],
            new ReconnectPolicy(day, day, day),
            new RecordingSetSink(),
            _ => { });
        var sink = new DispatchSink { WakeBy = _ => { }, Changed = _ => { }, Failed = _ => { }, CopySent = (in SendOutcome _) => { } };
        var dispatcher = new CancelDispatcher(new TrackerOptions { Capacity = 4 }, connections, 1024, book: null, sink);
        var hash = TestClient.Hash(1);
        var now = Stopwatch.GetTimestamp();
        var signature = Signature();

        var cancel = dispatcher.Cancel(hash, signature, now, long.MaxValue, CancellationToken.None).AsTask();
        Assert.False(cancel.IsCompleted);
        dispatcher.Stop(UnresolvedReason.Disposed, "over");

        Assert.Equal(UnresolvedReason.Disposed, (await cancel.Soon()).UnresolvedReason);
        Assert.True(dispatcher.TryJoin(hash, now, long.MaxValue, CancellationToken.None, out var joined));
        var told = await joined.Soon();
        Assert.Equal((UnresolvedReason.Disposed, "over"), (told.UnresolvedReason, told.Reason));
    }

    private static Signature Signature()
    {
        using var key = TestClient.Key();
        using var signer = new OrderSigner(key, verifyAfterSign: false);
        signer.Sign(TestClient.Hash(1), out var signature);
        return signature;
    }
}
