using System.ComponentModel;
using System.Text.Json;
using Dmex.Fast.Signing;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace Dmex.Fast.Hosting.Tests;

/// <summary>Order hashes and addresses as text, as serializers, binders and designers want them.</summary>
public sealed class ConversionTests
{
    private const string HashText = "0x00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
    private const string AddressText = "0x2c7536E3605D9C16a7a3D7b1898e529396a65c23";

    [Fact]
    public void Hashes_and_addresses_go_to_json_and_back_as_values_and_as_names_of_members()
    {
        var hash = OrderHash.Parse(HashText);
        var address = EthereumAddress.Parse(AddressText);
        var written = JsonSerializer.Serialize(new Dictionary<OrderHash, EthereumAddress> { [hash] = address });
        var read = JsonSerializer.Deserialize<Dictionary<OrderHash, EthereumAddress>>(written)!;

        Assert.Equal($$"""{"{{hash}}":"{{address}}"}""", written);
        Assert.Equal(address, read[hash]);
        Assert.Equal(hash, JsonSerializer.Deserialize<OrderHash>(JsonSerializer.Serialize(hash)));
        Assert.Equal(address, JsonSerializer.Deserialize<Dictionary<EthereumAddress, int>>(
            JsonSerializer.Serialize(new Dictionary<EthereumAddress, int> { [address] = 1 }))!.Keys.Single());
    }

    [Theory]
    [InlineData("\"0x12\"")]
    [InlineData("12")]
    [InlineData("{}")]
    [InlineData("null")]
    public void What_is_no_hash_and_no_address_is_a_json_error(string json)
    {
        _ = Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<OrderHash>(json));
        _ = Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<EthereumAddress>(json));
    }

    [Fact]
    public void Type_converters_read_and_write_text_and_refuse_what_is_none()
    {
        var hashes = TypeDescriptor.GetConverter(typeof(OrderHash));
        var addresses = TypeDescriptor.GetConverter(typeof(EthereumAddress));

        Assert.Equal(OrderHash.Parse(HashText), hashes.ConvertFromInvariantString($" {HashText} "));
        Assert.Equal(EthereumAddress.Parse(AddressText), addresses.ConvertFromInvariantString(AddressText));
        Assert.Equal(HashText, hashes.ConvertToInvariantString(OrderHash.Parse(HashText)));
        Assert.Equal(AddressText, addresses.ConvertToInvariantString(EthereumAddress.Parse(AddressText)));
        _ = Assert.Throws<FormatException>(() => hashes.ConvertFromInvariantString("0x12"));
        _ = Assert.Throws<FormatException>(() => addresses.ConvertFromInvariantString("0x12"));
        Assert.Equal((false, false), (hashes.CanConvertFrom(typeof(int)), addresses.CanConvertFrom(typeof(int))));
    }

    [Fact]
    public void A_configuration_binds_the_account_of_the_client_options()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Account"] = AddressText,
            ["Endpoint"] = "wss://venue.example/ws",
        }).Build();

        var options = configuration.Get<DmexClientOptions>()!;

        Assert.Equal((EthereumAddress.Parse(AddressText), new Uri("wss://venue.example/ws")), (options.Account, options.Endpoint));
        configuration["Account"] = "0x12";
        _ = Assert.Throws<InvalidOperationException>(() => configuration.Get<DmexClientOptions>());
    }
}
