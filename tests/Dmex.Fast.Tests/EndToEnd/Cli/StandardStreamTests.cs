using Dmex.Fast.Signing;
using Dmex.Fast.Tests.Support;
using Dmex.Fast.Venue;
using Xunit;
using static Dmex.Fast.Tests.EndToEnd.Cli.DmexProcess;

namespace Dmex.Fast.Tests.EndToEnd.Cli;

/// <summary>A stream that is closed, full or left by its reader: what was done counts, and nothing hangs or crashes.</summary>
public sealed class StandardStreamTests
{
    private static readonly string Order = "0x" + new string('a', 64);

    [Theory]
    [InlineData(">&-", "it is closed")]
    [InlineData(">/dev/full", "No space left")]
    public async Task A_product_that_cannot_be_written_is_no_success(string redirection, string why)
    {
        SkipOnWindows();
        foreach (var arguments in (string[][])[["address"], ["sign", Order], ["--help"]])
        {
            var result = await RunAsync(new Invocation(arguments, TestKey, Redirections: redirection));

            Assert.Equal(6, result.ExitCode);
            Assert.Contains($"Standard output could not be written: {why}", result.Error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(">&-", 0)]
    [InlineData(">/dev/full", 0)]
    [InlineData("<&- >&- 2>&-", 0)]
    [InlineData("2>/dev/full", 0)]
    [InlineData(">/dev/full", 3)]
    public async Task The_outcome_of_orders_decides_the_exit_code_whether_or_not_it_can_be_written(string redirection, int expected)
    {
        SkipOnWindows();
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions());
        var owner = EthereumAddress.Parse(expected == 0 ? TestAddress : "0x1111111111111111111111111111111111111111");
        venue.OpenOrder(OrderHash.Parse(Order).AsSpan(), owner.AsSpan());

        var result = await RunAsync(new Invocation(["cancel", Order, "--url", venue.Url.ToString()], TestKey, Redirections: redirection));

        Assert.Equal(expected, result.ExitCode);
    }

    [Theory]
    [InlineData("<&-", "Standard input is closed")]
    [InlineData("</", "standard input cannot be read")]
    public async Task A_standard_input_that_cannot_be_read_is_named(string redirection, string expected)
    {
        SkipOnWindows();
        const string Url = "ws://127.0.0.1:1/";
        foreach (var arguments in (string[][])[["sign", "-"], ["cancel", "-", "--url", Url], ["panic", "--hashes", "-", "--url", Url]])
        {
            var result = await RunAsync(new Invocation(arguments, TestKey, Redirections: redirection));

            Assert.Equal((2, ""), (result.ExitCode, result.Output));
            Assert.Contains(expected, result.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_error_that_cannot_be_written_keeps_its_exit_code()
    {
        SkipOnWindows();
        foreach (var redirection in (string[])["2>&-", "<&- >&- 2>&-", "2>/dev/full"])
        {
            Assert.Equal(5, (await RunAsync(new Invocation(["address"], Redirections: redirection))).ExitCode);
        }
    }

    [Fact]
    public async Task Signing_stops_when_its_reader_has_gone()
    {
        SkipOnWindows();

        // The input has no end: only the reader's going can end it.
        using var process = Start(new Invocation(["sign", "-"], TestKey));
        var feeding = Task.Run(() =>
        {
            try
            {
                while (true)
                {
                    process.StandardInput.WriteLine(Order);
                }
            }
            catch (IOException)
            {
                // The command has ended.
            }
        });
        Assert.StartsWith("{\"op\":\"cancel_order\"", await process.StandardOutput.ReadLineAsync().Soon(), StringComparison.Ordinal);
        process.StandardOutput.Close();

        await Wait.Ended(process);
        await feeding.Soon();
        Assert.Equal(6, process.ExitCode);
    }

    private static void SkipOnWindows()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("The redirections are a Unix shell's.");
        }
    }
}
