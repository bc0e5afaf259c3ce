using Xunit;
using static Dmex.Fast.Tests.EndToEnd.Cli.DmexProcess;

namespace Dmex.Fast.Tests.EndToEnd.Cli;

public sealed class SignCommandTests
{
    private static readonly string First = "0x" + new string('0', 63) + "7";
    private static readonly string Second = "0x" + new string('f', 64);

    // Made with web3.js 4.16: JSON.stringify of accounts.sign(First, TestKey).
    private static readonly string FirstMessage =
        "{\"op\":\"cancel_order\",\"data\":{\"order_hash\":\"" + First + "\",\"v\":27,"
        + "\"r\":\"0x962a385d0a4bea5d12c31112493243d539a4078e93e5243770710a8dc50a13f3\","
        + "\"s\":\"0x3d10dc19da3306cd9b594c02354fefb105deda50ac63570c5eb9e89c6388dd81\"}}";

    [Fact]
    public async Task Each_hash_becomes_one_line_as_it_goes_on_the_wire()
    {
        var result = await RunAsync(new Invocation(["sign", First, Second], TestKey));

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Equal(FirstMessage, result.Lines[0]);
        Assert.Contains($"\"order_hash\":\"{Second}\"", result.Lines[1], StringComparison.Ordinal);
        Assert.Equal(2, result.Lines.Length);
        Assert.Equal('{', result.Output[0]);
        Assert.DoesNotContain('\r', result.Output);
    }

    [Fact]
    public async Task A_dash_reads_hashes_from_standard_input_and_passes_over_blank_lines()
    {
        var input = $"\n{First}\r\n   \n  {Second.ToUpperInvariant().Replace("0X", "0x", StringComparison.Ordinal)}";

        var result = await RunAsync(new Invocation(["sign", "-"], TestKey, input));

        Assert.Equal(0, result.ExitCode);
        Assert.Equal(FirstMessage, result.Lines[0]);
        Assert.Contains($"\"order_hash\":\"{Second}\"", result.Lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_argument_signs_nothing_and_is_named()
    {
        var result = await RunAsync(new Invocation(["sign", First, "0x12"], TestKey));

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains("HASH number 2", result.Error, StringComparison.Ordinal);
        Assert.Contains("0x and 64 hex digits", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_line_ends_the_stream_and_is_named_by_its_number()
    {
        var result = await RunAsync(new Invocation(["sign", "-"], TestKey, $"{First}\n\nnonsense\n{Second}\n"));

        Assert.Equal((2, FirstMessage + "\n"), (result.ExitCode, result.Output));
        Assert.Contains("Line 3", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dash_beside_hashes_is_refused()
    {
        var result = await RunAsync(new Invocation(["sign", First, "-"], TestKey));

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
    }

    [Fact]
    public async Task A_hash_of_zeros_is_no_orders_and_is_refused_as_bad_input()
    {
        var result = await RunAsync(new Invocation(["sign", "0x" + new string('0', 64)], TestKey));

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains("all zeros", result.Error, StringComparison.Ordinal);
    }
}
