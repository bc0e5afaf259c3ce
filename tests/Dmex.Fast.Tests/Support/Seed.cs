using System.Globalization;
using Xunit;

namespace Dmex.Fast.Tests.Support;

/// <summary>
/// The one source of pseudo-random input: a fresh seed each run, printed with the test, and fixed by the environment
/// variable <c>DMEX_TEST_SEED</c> to repeat a run.
/// </summary>
internal static class Seed
{
    private const string Variable = "DMEX_TEST_SEED";

    public static Random Create(ITestOutputHelper output)
    {
        ArgumentNullException.ThrowIfNull(output);
        var seed = Next();
        output.WriteLine($"seed {seed} (repeat with {Variable}={seed})");
        return new Random(seed);
    }

    /// <summary>The seed itself, for a library that takes a number; the caller prints it.</summary>
    public static int Next() =>
        int.TryParse(Environment.GetEnvironmentVariable(Variable), NumberStyles.Integer, CultureInfo.InvariantCulture, out var seed)
            ? seed
            : Random.Shared.Next();
}
