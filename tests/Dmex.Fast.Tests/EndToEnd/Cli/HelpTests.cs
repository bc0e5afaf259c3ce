using Dmex.Fast.Cli.Output;
using Xunit;
using static Dmex.Fast.Tests.EndToEnd.Cli.DmexProcess;

namespace Dmex.Fast.Tests.EndToEnd.Cli;

public sealed class HelpTests
{
    [Fact]
    public async Task The_help_lists_every_exit_code_of_the_program()
    {
        var result = await RunAsync("--help");

        Assert.Equal(0, result.ExitCode);
        foreach (var code in Enum.GetValues<ExitCode>())
        {
            var meaning = Assert.Single(ExitCodes.All, entry => entry.Code == code).Meaning;
            Assert.Contains($"{(int)code,3}  {meaning}", result.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Without_arguments_the_help_is_shown()
    {
        var result = await RunAsync();

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("Exit codes:", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sgin")]
    [InlineData("sign")]
    [InlineData("demo", "--orders", "x")]
    [InlineData("demo", "--orders", "0")]
    [InlineData("demo", "--nonsense")]
    [InlineData("venue", "--port", "70000")]
    [InlineData("cancel", "--timeout", "-1")]
    public async Task Wrong_usage_exits_with_2_and_says_where_to_look(params string[] arguments)
    {
        var result = await RunAsync(arguments);

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains("--help", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Did you mean 'address'?", "addres")]
    [InlineData("Did you mean 'new'?", "key", "nwe")]
    [InlineData("Did you mean '--key-file'?", "sign", "--key-fil", "x", "0x1111")]
    [InlineData("Did you mean '--timeout'?", "cancel", "0x1111", "--timout", "3")]
    [InlineData("'dmex key' needs a command: new, import.", "key")]
    public async Task What_was_probably_meant_is_named_once(string expected, params string[] arguments)
    {
        var result = await RunAsync(arguments);

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains(expected, result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Required command", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ExitCode.Done, ExitCode.Done, ExitCode.Done)]
    [InlineData(ExitCode.Done, ExitCode.StillOpen, ExitCode.StillOpen)]
    [InlineData(ExitCode.Rejected, ExitCode.StillOpen, ExitCode.Rejected)]
    [InlineData(ExitCode.StillOpen, ExitCode.Rejected, ExitCode.Rejected)]
    internal void The_worst_outcome_decides(ExitCode left, ExitCode right, ExitCode worst) =>
        Assert.Equal(worst, ExitCodes.Worse(left, right));

    [Fact]
    public void Long_hex_is_never_repeated_in_an_error()
    {
        var hex = new string('a', 64);

        Assert.DoesNotContain("aaaa", ErrorText.Redact($"cannot parse '{hex}' or 0x{hex}!"), StringComparison.Ordinal);
        Assert.Equal("0x1234 stays", ErrorText.Redact("0x1234 stays"));
    }
}
