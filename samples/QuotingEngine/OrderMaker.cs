using System.Globalization;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Dmex.Fast.Hosting;
using Dmex.Fast.Keys;
using Dmex.Fast.Signing;
using Microsoft.Extensions.Options;

namespace QuotingEngine;

/// <summary>Signs new orders with the account's key and sends them to the venue. One caller at a time.</summary>
internal sealed class OrderMaker : IDisposable
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private readonly HttpClient _http;
    private readonly Uri _url;
    private readonly SigningKey _key;
    private readonly OrderSigner _signer;

    public OrderMaker(HttpClient http, IOptions<QuotingOptions> quoting, IConfiguration configuration)
    {
        _http = http;
        _url = quoting.Value.OrderUrl;
        var key = configuration.GetSection("Dmex:Key");
        var password = Encoding.UTF8.GetString(File.ReadAllBytes(key[nameof(DmexKeyOptions.PasswordFile)]!)).Split('\n')[0].TrimEnd('\r');
        _key = Keystore.Open(File.ReadAllBytes(key[nameof(DmexKeyOptions.Keystore)]!), password);
        _signer = new OrderSigner(_key);
    }

    /// <summary>A new order's hash. A real engine computes it from the order's fields; the simulated venue takes any.</summary>
    public static OrderHash NewHash() => new(RandomNumberGenerator.GetBytes(OrderHash.Size));

    /// <summary>Sends an order.</summary>
    /// <exception cref="HttpRequestException">The venue refused it, or cannot be reached.</exception>
    public async Task MakeAsync(OrderHash hash, int level, CancellationToken cancellationToken)
    {
        _signer.Sign(hash, out var signature);
        var price = (10_000_000_000_000 - (level * 1_000_000_000L)).ToString(CultureInfo.InvariantCulture);
        Order order = new(hash, _key.Address, price, signature.V, Hex(signature.R), Hex(signature.S));
        using var response = await _http.PostAsJsonAsync(_url, order, Json, cancellationToken);
        _ = response.EnsureSuccessStatusCode();
    }

    public void Dispose()
    {
        _signer.Dispose();
        _key.Dispose();
    }

    private static string Hex(ReadOnlySpan<byte> bytes) => "0x" + Convert.ToHexStringLower(bytes);
}
