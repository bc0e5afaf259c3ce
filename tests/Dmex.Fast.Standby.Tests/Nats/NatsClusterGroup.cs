using Xunit;

namespace Dmex.Fast.Standby.Tests.Nats;

/// <summary>The tests that share one cluster, one after another: some kill its servers.</summary>
[CollectionDefinition(nameof(NatsClusterGroup))]
public sealed class NatsClusterGroup : ICollectionFixture<NatsTestCluster>;
