using System.Text;
using System.Text.Json;
using Dmex.Fast.OpenOrders;
using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.Unit.OpenOrders;

public sealed class OpenOrderListReaderTests(ITestOutputHelper output)
{
    // The example of DMEX's page api-docs/rest, "Retrieves all open orders for a user", with hashes and addresses filled in.
    private const string Documented =
        """
        {"success":true,"data":[{"hash":"0x1111111111111111111111111111111111111111111111111111111111111111",
        "user_address":"0xAbCdEf0123456789012345678901234567890123","base_token":"0x0000000000000000000000000000000000000001",
        "asset":"btcusd","amount":"1000000000","price":"10000000000000","side":true,"nonce":1234567890,"leverage":"1000000000",
        "closing_order":false,"remaining_amount":"900000000","closed":false,"stop":false,"stop_price":"0","stopped":false,"is_market":false,
        "post_only":false,"decimals":2,"amount_dec":4,"margin_currency_symbol":"USDC","created_at":"2024-01-15T10:30:00Z"}]}
        """;

    private const string Account = "0xabcdef0123456789012345678901234567890123";

    [Fact]
    public async Task The_documented_example_is_read_with_its_raw_json()
    {
        var order = Assert.Single(await ReadAsync(Documented));
        Assert.Equal("0x" + new string('1', 64), order.Hash.ToString());
        Assert.Equal(("btcusd", OrderSide.Buy, false), (order.Asset, order.Side, order.IsStop));
        Assert.Equal(
            (10_000_000_000_000ul, 1_000_000_000ul, 900_000_000ul), ((ulong)order.Price, (ulong)order.Amount, (ulong)order.Remaining));
        Assert.Equal(new DateTimeOffset(2024, 1, 15, 10, 30, 0, TimeSpan.Zero), order.Created);
        Assert.Equal(1_234_567_890, JsonDocument.Parse(order.RawJson).RootElement.GetProperty("nonce").GetInt32());
    }

    [Fact]
    public async Task A_row_that_is_closed_or_has_nothing_remaining_is_not_open()
    {
        Assert.Empty(await ReadAsync(Documented.Replace("\"closed\":false", "\"closed\":true", StringComparison.Ordinal)));
        Assert.Empty(await ReadAsync(Documented.Replace("\"900000000\"", "\"0\"", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("\"success\":true", "\"success\":false", "success is not true")]
    [InlineData("\"success\":true", "\"success\":1", "success is not true")]
    [InlineData("\"success\":true,", "", "no success")]
    [InlineData("\"success\":true", "\"success\":true,\"success\":false", "occurs twice")]
    [InlineData("\"success\":true", "\"success\":true,\"next_cursor\":\"b2\"", "a part of the list")]
    [InlineData("\"success\":true", "\"success\":true,\"has_more\":true", "a part of the list")]
    [InlineData("\"success\":true", "\"success\":true,\"next_page\":2", "a part of the list")]
    [InlineData("\"success\":true", "\"success\":true,\"cursor\":{\"after\":7}", "a part of the list")]
    [InlineData("\"success\":true", "\"success\":true,\"total\":2", "1 of 2 orders")]
    [InlineData("\"success\":true", "\"success\":true,\"total\":\"2\"", "1 of 2 orders")]
    [InlineData("\"data\"", "\"items\"", "no data")]
    [InlineData("\"side\":true,", "", "no side")]
    [InlineData("\"stop\":false,", "", "no stop")]
    [InlineData("\"closed\":false,", "", "no closed")]
    [InlineData("\"side\":true", "\"side\":\"buy\"", "side is neither true nor false")]
    [InlineData("\"hash\":\"0x11", "\"hash\":\"0y11", "hash is not 0x and 64 hex digits")]
    [InlineData("\"price\":\"10000000000000\"", "\"price\":\"-1\"", "price is not a whole number")]
    [InlineData("\"asset\":\"btcusd\"", "\"asset\":\"btcusd\",\"asset\":\"btcusd\"", "asset occurs twice")]
    [InlineData("0xAbCdEf", "0xFFFFFF", "another user's order")]
    [InlineData("2024-01-15T10:30:00Z", "yesterday", "created_at is not a time")]
    public async Task What_is_not_the_whole_list_is_no_list(string from, string to, string expected)
    {
        var text = Documented.Replace(from, to, StringComparison.Ordinal);
        Assert.NotEqual(Documented, text, StringComparer.Ordinal);
        var refused = await Assert.ThrowsAsync<FormatException>(() => ReadAsync(text));
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fields_that_nobody_knows_are_ignored_wherever_they_stand()
    {
        var text = Documented
            .Replace(
                "\"success\":true",
                "\"extra\":{\"success\":false,\"data\":[1,[2]]},\"success\":true,"
                + "\"next\":null,\"has_more\":false,\"cursor\":\"\",\"total\":\"1\"",
                StringComparison.Ordinal)
            .Replace("\"asset\"", "\"more\":[{\"hash\":\"x\"}],\"\\u0061sset\"", StringComparison.Ordinal);
        Assert.Equal("btcusd", Assert.Single(await ReadAsync(text)).Asset);
    }

    [Fact]
    public async Task A_list_cut_at_any_byte_is_no_list()
    {
        var bytes = Encoding.UTF8.GetBytes(Documented);
        for (var length = 0; length < bytes.Length; length++)
        {
            if (Encoding.UTF8.GetString(bytes, 0, length).TrimEnd().EndsWith("]}", StringComparison.Ordinal))
            {
                continue; // whole but for white space
            }

            _ = await Assert.ThrowsAnyAsync<Exception>(() => ReadAsync(new MemoryStream(bytes, 0, length), int.MaxValue));
        }
    }

    [Fact]
    public async Task Pieces_of_any_size_make_the_same_list()
    {
        var random = Seed.Create(output);
        var text = $$"""{"data":[{{string.Join(',', Enumerable.Range(0, 700).Select(RowOf))}}],"success":true}""";
        var expected = (await ReadAsync(text)).Select(order => order.Hash).ToArray();
        Assert.Equal(700, expected.Length);
        for (var round = 0; round < 20; round++)
        {
            var orders = await ReadAsync(new PiecemealStream(Encoding.UTF8.GetBytes(text), random), int.MaxValue);
            Assert.Equal(expected, orders.Select(order => order.Hash));
        }
    }

    [Fact]
    public async Task A_list_that_is_longer_than_allowed_is_no_list()
    {
        var refused = await Assert.ThrowsAsync<FormatException>(() => ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes(Documented)), 512));
        Assert.Contains("MaxBytes", refused.Message, StringComparison.Ordinal);
    }

    private static string RowOf(int number) => $$"""
        {"hash":"0x{{number:x64}}","user_address":"{{Account}}","asset":"ethusd","amount":"5","price":"7","side":false,
        "remaining_amount":"5","closed":false,"stop":true,"note":"{{new string('ü', number % 90)}}","created_at":"2024-01-15T10:30:00Z"}
        """;

    private static Task<List<OpenOrder>> ReadAsync(string text) => ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes(text)), int.MaxValue);

    private static async Task<List<OpenOrder>> ReadAsync(Stream body, int maxBytes)
    {
        var collector = new OpenOrderCollector();
        var reader = new OpenOrderListReader<OpenOrderCollector>(Encoding.ASCII.GetBytes(Account), collector);
        await reader.ReadAsync(body, maxBytes, CancellationToken.None);
        return collector.Orders;
    }
}
