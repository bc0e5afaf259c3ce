using Xunit;

namespace Dmex.Fast.Standby.Tests.Nats;

/// <summary>
/// What a test needs of the machine: where it is missing the test is skipped with the reason, and fails where it must be there.
/// </summary>
internal static class Requirement
{
    /// <summary>Set to 1 where nats-server and iproute2 must be there, as continuous integration installs them.</summary>
    public const string Variable = "DMEX_REQUIRE_NATS";

    public static void Of(bool isMet, string missing)
    {
        if (isMet)
        {
            return;
        }

        if (string.Equals(Environment.GetEnvironmentVariable(Variable), "1", StringComparison.Ordinal))
        {
            Assert.Fail($"{Variable}=1, and {missing}");
        }

        Assert.Skip($"Not on this machine: {missing}");
    }

    /// <returns>Null: there is no such program.</returns>
    public static string? FindProgram(string name) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator)
        .Concat(["/usr/sbin", "/sbin"])
        .Where(folder => folder.Length > 0)
        .Select(folder => Path.Combine(folder, name))
        .FirstOrDefault(File.Exists);
}
