using System.Runtime.InteropServices;
using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.Proofs.MachineCode;

/// <summary>
/// Code that handles keys and nonces is compiled fully optimized before its first call: unoptimized code spills secrets to
/// the stack and may branch where optimized code does not. Every method that the secret path calls is looked at, whatever
/// the inliner decided.
/// </summary>
public sealed class JitTierTests(ITestOutputHelper output)
{
    private const string Library = "Dmex.Fast.Signing.";

    /// <summary>Where secrets come in; what these call is found in the listing.</summary>
    private static readonly string[] Roots =
    [
        "SigningKey:Parse(", "SigningKey:DecodeHex(", "SigningKey:TryCreate(", "OrderSigner:SignWithKey(", "Rfc6979Nonce:",
        "HmacMidstates:", "Sha256:", "SignatureEquation:", "NoncePoint:", "Rfc6979NonceX16:",
        "]:Sign(ptr,ptr,ptr,",
    ];

    /// <summary>
    /// Called on the way with no secret value in hand: pointers at most, the public hash and its digest, constants.
    /// </summary>
    private static readonly string[] WithoutSecrets =
    [
        "SecretMemory:", "SigningKey:.ctor(", "SigningKey:get_Material(", "SigningKey:WrongLength(", "Signature:.ctor(",
        ":.cctor(", "PersonalMessage:", "Keccak256:", "OrderHash:", "ConstantTime:Wipe", "]:Groups(int)", ":get_Lanes()",
        "OrderSigner:WrongNonce(", "StackWipe:",
        ":SetSmall(",
    ];

    [Theory]
    [InlineData(null)]
    [InlineData("DOTNET_EnableAVX512")]
    [InlineData("DOTNET_EnableHWIntrinsic")]
    public async Task Methods_that_handle_secrets_are_fully_optimized_from_their_first_call(string? switchedOff)
    {
        Assert.SkipUnless(
            RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.X64, "The listing is read for x86-64.");
        var file = Path.GetTempFileName();
        try
        {
            var environment = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["DOTNET_JitStdOutFile"] = file,
                ["DOTNET_JitDisasm"] = Library + "*:*",
            };
            if (switchedOff is not null)
            {
                environment[switchedOff] = "0";
            }

            await ChildTests.RunAsync(["-class", typeof(SecretPathProbe).FullName!], environment);
            AssertOptimized(new JitListing(File.ReadLines(file)));
        }
        finally
        {
            File.Delete(file);
        }
    }

    private void AssertOptimized(JitListing listing)
    {
        // The runtime did compile in tiers: what is not marked starts unoptimized.
        Assert.Contains(listing.Methods, method => listing.TiersOf(method).Any(IsUnoptimized));

        var reached = listing.Reach(
            method => Roots.Any(root => method.Contains(root, StringComparison.Ordinal)) && !IsWithoutSecrets(method),
            method => !IsWithoutSecrets(method));
        output.WriteLine(
            string.Join('\n', reached.Order(StringComparer.Ordinal).Select(m => $"{m}: {string.Join(", ", listing.TiersOf(m))}")));
        Assert.Contains(reached, method => method.Contains("Sha256:Compress(", StringComparison.Ordinal));
        Assert.Contains(reached, method => method.Contains("Scalar:Reduce(", StringComparison.Ordinal));
        Assert.True(reached.Count >= 20);
        Assert.All(
            reached.Where(method => !method.Contains("NoncePoint:Compute", StringComparison.Ordinal)), // one kernel of three is called
            method => Assert.NotEmpty(listing.TiersOf(method)));
        var unoptimized = reached.Where(method => listing.TiersOf(method).Any(IsUnoptimized)).Order(StringComparer.Ordinal).ToArray();
        Assert.True(unoptimized.Length == 0, "Compiled unoptimized at first:\n" + string.Join('\n', unoptimized));
    }

    private static bool IsWithoutSecrets(string method) => WithoutSecrets.Any(name => method.Contains(name, StringComparison.Ordinal));

    /// <summary>"Tier0-FullOpts" is a method that asked for the first tier and was given full optimization.</summary>
    private static bool IsUnoptimized(string tier) =>
        tier.Contains("Tier0", StringComparison.Ordinal) && !tier.Contains("FullOpts", StringComparison.Ordinal);
}
