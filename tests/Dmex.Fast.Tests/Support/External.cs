using Dmex.Fast.Lab.Peers;
using Xunit;

namespace Dmex.Fast.Tests.Support;

/// <summary>
/// What a test needs beyond the SDK: missing on a developer's machine it is a skip with its reason, in CI
/// (<c>CI=true</c>) a failure.
/// </summary>
internal static class External
{
    public static bool InCI => string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase);

    public static void Require(bool present, string what)
    {
        if (present)
        {
            return;
        }

        if (InCI)
        {
            Assert.Fail($"Missing in CI, where it is mandatory: {what}.");
        }

        Assert.Skip($"Not on this machine: {what}.");
    }

    /// <summary>Bitcoin Core's library, as the package Secp256k1.Net ships it.</summary>
    public static void RequireLibSecp256k1() => Require(LibSecp256k1.IsPresent, "the libsecp256k1 of the package Secp256k1.Net");
}
