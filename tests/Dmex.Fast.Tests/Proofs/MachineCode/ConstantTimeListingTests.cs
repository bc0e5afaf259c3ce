using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.Proofs.MachineCode;

/// <summary>
/// The machine code that handles keys and nonces, as this runtime compiles it on this processor, has no conditional jump and
/// no computed address but those that <see cref="ConstantTimeAllowances"/> gives a reason for. It shows what was compiled
/// here; another runtime's code is another matter, and is looked at when the tests run there.
/// </summary>
public sealed class ConstantTimeListingTests(ITestOutputHelper output)
{
    private const string Library = "Dmex.Fast.Signing.";

    /// <summary>Where secrets come in; what these call is found in the listing.</summary>
    private static readonly string[] Roots =
    [
        "SigningKey:Parse(", "SigningKey:DecodeHex(", "SigningKey:TryCreate(", "OrderSigner:Sign(", "OrderSigner:SignDigest(",
        "OrderSigner:SignAndWipe(", "OrderSigner:SignWithKey(", "Rfc6979Nonce", "HmacMidstates:", "Sha256", "SignatureEquation:",
        "NoncePoint:",
        "FixedBaseMultiply:", "SafeGcd", "Scalar:", "BatchKernel`2",
    ];

    /// <summary>Reached on the way with no secret value in hand: pointers to it at most, or what is published.</summary>
    private static readonly string[] WithoutSecrets =
    [
        "SecretMemory:", "SigningKey:.ctor(", "SigningKey:get_Material(", "SigningKey:WrongLength(", "SigningKey:Enter(",
        "SigningKey:Exit(",
        "Signature:.ctor(", ":.cctor(", "OrderSigner:.ctor(", "OrderSigner:Verify(", "OrderSigner:WrongNonce(", "ExclusiveUse:",
        "NearestRounding:",
        "StackWipe:", "OrderHash:ThrowIfDefault(",
        "PersonalMessage", "Keccak", ":ReadDigests(", ":Groups(", ":get_Lanes(", ":MakePrime(", ":MakeOrder(", ":get_Generator(",
        ":SetSmall(",
    ];

    [Theory]
    [InlineData(null, "FieldElementX8", 100)]
    [InlineData("DOTNET_EnableAVX512", "FieldElementX4", 64)]
    [InlineData("DOTNET_EnableHWIntrinsic", null, 34)]
    public async Task No_method_that_handles_secrets_jumps_or_reads_by_them(string? switchedOff, string? lanes, int atLeast)
    {
        Assert.SkipUnless(
            RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.X64 && !OperatingSystem.IsWindows(),
            "The listing is read for x86-64 and the System V calling convention.");
        var methods = await ListAsync(switchedOff);
        var names = Reach(methods);
        var secret = methods.Where(method => names.Contains(method.Name)).ToArray();
        output.WriteLine($"{secret.Length} methods, {secret.Sum(method => method.Code.Count)} instructions");
        var lanesCompiled = secret.Any(method => method.Name.Contains(lanes ?? "FieldElementX", StringComparison.Ordinal));
        output.WriteLine(lanes is null ? "no lanes" : $"{lanes}: {(lanesCompiled ? "looked at" : "not on this processor, not looked at")}");
        Assert.Equal(
            lanes switch
            {
                "FieldElementX8" => Avx512F.IsSupported || lanesCompiled,
                "FieldElementX4" => Avx2.IsSupported || lanesCompiled,
                _ => false,
            },
            lanesCompiled);

        // As many as there were, or a method was moved out of sight. Fewer where the processor has no lanes.
        Assert.True(
            secret.Length >= (lanesCompiled || lanes is null ? atLeast : 30),
            $"{secret.Length} methods were found, and there were {atLeast}.");
        Assert.All(secret, method => Assert.NotEmpty(method.Code));

        // Verification was compiled too, and is not among the methods that handle secrets.
        Assert.Contains(methods, method => method.Name.Contains(ConstantTimeChecker.VariableTime, StringComparison.Ordinal));
        Assert.DoesNotContain(names, name => name.Contains(ConstantTimeChecker.VariableTime, StringComparison.Ordinal));
        var unexplained = secret.SelectMany(Unexplained).ToArray();
        Assert.True(unexplained.Length == 0, string.Join('\n', unexplained));
    }

    [Theory]
    [InlineData(nameof(LeakyExample.Branch), FindingKind.Jump)]
    [InlineData(nameof(LeakyExample.LookUp), FindingKind.Index)]
    [InlineData(nameof(LeakyExample.LookUpByAddress), FindingKind.Index)]
    [InlineData(nameof(LeakyExample.LeaveLoopEarly), FindingKind.Jump)]
    [InlineData(nameof(LeakyExample.Divide), FindingKind.Division)]
    [InlineData(nameof(LeakyExample.Invert), FindingKind.VariableTime)]
    [InlineData(nameof(LeakyExample.Masked), null)]
    [InlineData(nameof(LeakyExample.Scan), null)]
    public async Task The_checker_finds_a_planted_leak_and_passes_the_right_way(string example, object? expected)
    {
        Assert.SkipUnless(
            RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.X64 && !OperatingSystem.IsWindows(),
            "The listing is read for x86-64 and the System V calling convention.");
        var methods = await ListAsync(switchedOff: null);
        var method = Assert.Single(methods, method => method.Name.Contains($"LeakyExample:{example}(", StringComparison.Ordinal));
        var findings = ConstantTimeChecker.Check(method, ConstantTimeAllowances.PublicPlaces(method.Name));
        output.WriteLine(string.Join('\n', findings));
        if (expected is null)
        {
            Assert.Empty(findings);
        }
        else
        {
            Assert.Contains(findings, finding => finding.Kind == (FindingKind)expected);
            Assert.NotEmpty(Unexplained(method));
        }
    }

    [Fact]
    public void Every_allowance_has_a_reason_and_a_bound()
    {
        Assert.All(ConstantTimeAllowances.All, allowance => Assert.True(allowance.Most > 0 && allowance.Reason.Length > 10));
        Assert.Distinct(ConstantTimeAllowances.All.Select(allowance => (allowance.Method, allowance.Kind)));
    }

    /// <summary>The findings of a method beyond what is allowed.</summary>
    private static IEnumerable<string> Unexplained(ListedMethod method)
    {
        foreach (var kind in ConstantTimeChecker.Check(method, ConstantTimeAllowances.PublicPlaces(method.Name))
            .GroupBy(finding => finding.Kind))
        {
            var rest = kind.ToList();
            if (kind.Key == FindingKind.Call)
            {
                rest.RemoveAll(call => ConstantTimeAllowances.Calls.Any(allowed => call.Code.Contains(allowed, StringComparison.Ordinal)));
            }

            var most = ConstantTimeAllowances.All.FirstOrDefault(allowance => allowance.Covers(kind.First()))?.Most ?? 0;
            if (rest.Count > most)
            {
                yield return $"{method.Name} [{method.Tier}]: {rest.Count} {kind.Key}, {most} allowed:\n    {string.Join("\n    ", rest.Select(finding => finding.Code))}";
            }
        }
    }

    private static async Task<IReadOnlyList<ListedMethod>> ListAsync(string? switchedOff)
    {
        var file = Path.GetTempFileName();
        try
        {
            var environment = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["DOTNET_JitStdOutFile"] = file,
                ["DOTNET_JitDisasm"] = Library + "*:* *LeakyExample:*",
            };
            if (switchedOff is not null)
            {
                environment[switchedOff] = "0";
            }

            await ChildTests.RunAsync(["-class", typeof(ConstantTimeProbe).FullName!], environment);
            return ListedMethod.ReadAll(await File.ReadAllLinesAsync(file));
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static HashSet<string> Reach(IReadOnlyList<ListedMethod> methods)
    {
        var callees = methods.ToLookup(
            method => method.Name, method => method.Code.Where(code => code.IsCall).Select(code => code.Callee), StringComparer.Ordinal);
        var pending = new Stack<string>(
            methods.Select(method => method.Name).Where(name => Roots.Any(root => name.Contains(root, StringComparison.Ordinal))));
        var reached = new HashSet<string>(StringComparer.Ordinal);
        while (pending.TryPop(out var name))
        {
            if (name.StartsWith(Library, StringComparison.Ordinal)
                && !name.Contains(ConstantTimeChecker.VariableTime, StringComparison.Ordinal) // its call is a finding
                && !WithoutSecrets.Any(part => name.Contains(part, StringComparison.Ordinal))
                && reached.Add(name))
            {
                foreach (var callee in callees[name].SelectMany(some => some))
                {
                    pending.Push(callee);
                }
            }
        }

        return reached;
    }
}
