using Dmex.Fast.Standby.Links;
using Dmex.Fast.Standby.Nats;
using Xunit;

namespace Dmex.Fast.Standby.Tests.Nats;

/// <summary>The servers refuse what is not a role's, whatever a program of that role tries.</summary>
[Collection(nameof(NatsClusterGroup))]
public sealed class NatsRolePermissionTests(NatsTestCluster cluster) : NatsClusterTests(cluster)
{
    [Theory]
    [InlineData(NatsStandbyRole.Engine, StandbyStreamKind.Fence)]
    [InlineData(NatsStandbyRole.Engine, StandbyStreamKind.Snapshot)]
    [InlineData(NatsStandbyRole.Standby, StandbyStreamKind.Generation)]
    [InlineData(NatsStandbyRole.Standby, StandbyStreamKind.Batch)]
    [InlineData(NatsStandbyRole.Operator, StandbyStreamKind.Generation)]
    [InlineData(NatsStandbyRole.Operator, StandbyStreamKind.Batch)]
    [InlineData(NatsStandbyRole.Operator, StandbyStreamKind.Snapshot)]
    public async Task An_append_that_is_not_the_roles_is_refused(NatsStandbyRole role, StandbyStreamKind kind)
    {
        await using var engine = await EngineAsync();
        var last = await engine.AppendAsync(StandbyStreamKind.Generation, new byte[1], 0, Token);
        await using var other = await Cluster.OpenAsync(Book, role, Token);

        var refused = await Assert.ThrowsAsync<StandbyLinkException>(async () => await other.AppendAsync(kind, new byte[1], null, Token));
        Assert.Contains("permissions do not allow it", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Permissions Violation", refused.Message, StringComparison.Ordinal);
        Assert.Equal(last, await engine.GetLastSequenceAsync(Token));
    }

    [Theory]
    [InlineData(NatsStandbyRole.Standby, StandbyChannel.Live, NatsStandbyRole.Standby)]
    [InlineData(NatsStandbyRole.Standby, StandbyChannel.Beat, NatsStandbyRole.Standby)]
    [InlineData(NatsStandbyRole.Standby, StandbyChannel.Order, NatsStandbyRole.Standby)]
    [InlineData(NatsStandbyRole.Engine, StandbyChannel.Order, NatsStandbyRole.Standby)]
    [InlineData(NatsStandbyRole.Engine, StandbyChannel.Report, NatsStandbyRole.Standby)]
    [InlineData(NatsStandbyRole.Operator, StandbyChannel.Beat, NatsStandbyRole.Standby)]
    [InlineData(NatsStandbyRole.Operator, StandbyChannel.Acknowledgement, NatsStandbyRole.Engine)]
    public async Task A_message_that_is_not_the_senders_to_send_reaches_nobody(
        NatsStandbyRole sender,
        StandbyChannel channel,
        NatsStandbyRole receiver)
    {
        await using var from = await Cluster.OpenAsync(Book, sender, Token);
        await using var to = await Cluster.OpenAsync(Book, receiver, Token);
        var heard = Receive(to, channel);
        for (var i = 0; i < 10; i++)
        {
            _ = from.TrySend(channel, [1]);
            await Task.Delay(30, Token);
        }

        await UntilAsync(() => from.Servers.Count(IsRefused) >= 2);
        Assert.Empty(heard);
    }

    [Fact]
    public async Task An_operator_orders_fences_and_reads()
    {
        await using var engine = await EngineAsync();
        await using var standby = await StandbyAsync();
        await using var operators = await Cluster.OpenAsync(Book, NatsStandbyRole.Operator, Token);
        _ = await engine.AppendAsync(StandbyStreamKind.Batch, new byte[] { 5 }, 0, Token);
        await SubscribedAsync(operators, StandbyChannel.Order, Receive(standby, StandbyChannel.Order), copies: 3);
        Assert.Equal(2UL, await operators.AppendAsync(StandbyStreamKind.Fence, new byte[] { 6 }, null, Token));
        Assert.Equal([5, 6], (await ReadAsync(operators, from: 1, count: 2)).Select(record => record.Payload.Span[0]));
    }

    [Fact]
    public async Task Another_book_is_out_of_reach()
    {
        await using var engine = await EngineAsync();
        await using var standby = await StandbyAsync();
        var heard = Receive(standby, StandbyChannel.Beat);
        await SubscribedAsync(engine, StandbyChannel.Beat, heard, copies: 3);
        var other = Cluster.Options(Cluster.NewBook(), NatsStandbyRole.Engine);
        other.Book = Book;
        await using var stranger = NatsStandbyLink.Open(other);
        await stranger.WaitForServersAsync(3, Token);
        _ = stranger.TrySend(StandbyChannel.Beat, [1]);
        await UntilAsync(() => stranger.Servers.All(IsRefused));
        Assert.Empty(heard);
    }

    [Fact]
    public async Task Nobody_connects_without_a_key_of_the_cluster_or_to_a_server_of_another_authority()
    {
        var nobody = Cluster.Options(Book, NatsStandbyRole.Standby);
        nobody.SeedFile = null;
        nobody.User = "standby";
        nobody.Password = "guess";
        var elsewhere = Directory.CreateTempSubdirectory("dmex-nats-");
        try
        {
            NatsClusterConfiguration.Write(
                Path.Combine(elsewhere.FullName, "c"),
                new NatsClusterOptions { Servers = Cluster.Options(Book, NatsStandbyRole.Engine).Servers });
            var distrusting = Cluster.Options(Book, NatsStandbyRole.Standby);
            distrusting.CertificateAuthorityFile = Path.Combine(elsewhere.FullName, "c", "authority", "ca.pem");
            await using var first = NatsStandbyLink.Open(nobody);
            await using var second = NatsStandbyLink.Open(distrusting);
            await UntilAsync(() => first.Servers.Concat(second.Servers).All(server => server.Problem is not null));
            await Task.Delay(500, Token);
            Assert.All(first.Servers, server => Assert.Contains("Authorization Violation", server.Problem, StringComparison.Ordinal));
            Assert.All(second.Servers, server => Assert.Contains("certificate", server.Problem, StringComparison.OrdinalIgnoreCase));
            Assert.DoesNotContain(first.Servers.Concat(second.Servers), server => server.IsConnected);
        }
        finally
        {
            elsewhere.Delete(recursive: true);
        }
    }

    private static bool IsRefused(NatsServerStatus server) =>
        server.Problem?.Contains("Permissions Violation", StringComparison.Ordinal) == true;
}
