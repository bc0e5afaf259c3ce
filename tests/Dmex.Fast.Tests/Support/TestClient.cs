using Dmex.Fast.Signing;

namespace Dmex.Fast.Tests.Support;

/// <summary>Clients for tests: patient where a test does not look, with a key of no worth.</summary>
internal static class TestClient
{
    /// <summary>The same key every time; it owns nothing.</summary>
    public static SigningKey Key()
    {
        Span<byte> bytes = stackalloc byte[SigningKey.Size];
        bytes.Fill(0x42);
        return SigningKey.FromBytes(bytes);
    }

    /// <summary>An order hash that is recognizable in a dump.</summary>
    public static OrderHash Hash(int number)
    {
        Span<byte> bytes = stackalloc byte[OrderHash.Size];
        bytes.Fill(0xD0);
        _ = BitConverter.TryWriteBytes(bytes[28..], number);
        return new OrderHash(bytes);
    }

    /// <summary>Options that no slow machine runs into.</summary>
    public static DmexClientOptions Options(Uri endpoint) => new()
    {
        Endpoint = endpoint,
        Connections = 1,
        Retry = { NotFoundGrace = TimeSpan.Zero, AckTimeout = TimeSpan.FromMinutes(10) },
        ConnectTimeout = Wait.Long,
        CancelTimeout = Wait.Long,
        CloseTimeout = TimeSpan.FromSeconds(10),
        Liveness = { PingInterval = TimeSpan.FromSeconds(20), PongTimeout = Wait.Long },
        Limits = { InFlightCapacity = 1024 },
    };

    /// <summary>Connects with the test key.</summary>
    public static async Task<DmexClient> ConnectAsync(Uri endpoint, Action<DmexClientOptions>? configure = null, SigningKey? key = null)
    {
        var options = Options(endpoint);
        configure?.Invoke(options);
        if (key is not null)
        {
            return await DmexClient.ConnectAsync(options, key);
        }

        // The client does not own the key; one of a test run may live as long as the process.
        return await DmexClient.ConnectAsync(options, SharedKey.Value);
    }

    private static readonly Lazy<SigningKey> SharedKey = new(Key);
}
