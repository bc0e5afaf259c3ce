using Dmex.Fast.Signing;
using Dmex.Fast.Signing.Curve;
using Dmex.Fast.Signing.Ecdsa;
using Dmex.Fast.Signing.Memory;
using Dmex.Fast.Tests.Proofs.Reference;
using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.Proofs.Signing;

/// <summary>
/// What is left of keys and nonces in memory: nothing in the workspaces after a signature, nothing where a key was after its
/// disposal. The search of the whole process runs in a process of its own (<see cref="SecretRemnantProbe"/>).
/// </summary>
public sealed class SecretRemnantTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public unsafe void No_secret_is_left_in_a_workspace_after_a_signature(bool verifyAfterSign)
    {
        var random = Seed.Create(output);
        foreach (var kernel in Kernels.Supported)
        {
            var d = Numbers.Key(random);
            using var key = SigningKey.FromBytes(Numbers.ToBytes(d));
            using var signer = new OrderSigner(key, verifyAfterSign, kernel);
            var digest = Numbers.ToBytes(Numbers.Bits256(random));
            var k = ReferenceEcdsa.Nonces(d, digest).First();
            var inverse = ReferenceCurve.Inverse(k, ReferenceCurve.N);
            var during = Array.Empty<byte>();
            signer.Seam = (SignerWorkspace* workspace, ref AffinePoint _, ref Scalar _) =>
                during = new ReadOnlySpan<byte>(workspace, sizeof(SignerWorkspace)).ToArray();
            signer.SignDigest(digest, refusedNonces: 0, out _);

            // The control: in the middle of the signature the search finds what it looks for.
            Assert.Contains(Forms(inverse), form => Contains(during, form));
            Assert.Contains(Forms(k), form => Contains(during, form));
            var after = signer.Workspace.ToArray();
            Assert.All(new[] { d, k, inverse }.SelectMany(Forms), form => Assert.False(Contains(after, form)));
            Assert.Equal(-1, after.AsSpan().IndexOfAnyExcept((byte)0));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public unsafe void No_secret_is_left_in_a_batchs_workspace(bool verifyAfterSign)
    {
        var random = Seed.Create(output);
        foreach (var kernel in Kernels.Supported.Where(kernel => kernel != SigningKernel.Portable))
        {
            using var key = SigningKey.FromBytes(Numbers.ToBytes(Numbers.Key(random)));
            using var batch = new BatchSigner(key, verifyAfterSign, kernel);
            var hashes = Enumerable.Range(0, 37).Select(_ => Numbers.Hash(random)).ToArray();
            var nonzero = 0;
            batch.Seam = (workspace, _) =>
                nonzero = Math.Max(nonzero, new ReadOnlySpan<byte>(workspace, sizeof(BatchWorkspace)).IndexOfAnyExcept((byte)0));
            batch.Sign(hashes, new Signature[hashes.Length]);
            Assert.True(nonzero >= 0);
            Assert.Equal(-1, batch.Workspace.IndexOfAnyExcept((byte)0));
        }
    }

    [Fact]
    public unsafe void Nothing_of_a_key_is_left_where_it_was_after_disposal()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "/proc/self/mem is Linux's.");
        var random = Seed.Create(output);
        for (var i = 0; i < 10; i++)
        {
            var d = 1 + Numbers.Below(random, ReferenceCurve.N - 1);
            var key = SigningKey.FromBytes(Numbers.ToBytes(d));
            var address = (nuint)key.Material;
            var before = OwnMemory.TryRead(address, sizeof(KeyMaterial));
            Assert.NotNull(before);
            Assert.Contains(Forms(d), form => Contains(before, form));
            key.Dispose();

            // Unmapped, or given back to the allocator, which may have written its own there.
            var after = OwnMemory.TryRead(address, sizeof(KeyMaterial));
            Assert.All(Forms(d), form => Assert.False(after is not null && Contains(after, form)));
            Assert.All(Forms(d), form => Assert.False(after is not null && Contains(after, form.AsSpan(0, 16))));
        }
    }

    [Fact]
    public async Task Nothing_of_key_and_nonces_is_left_in_the_process_after_signing_and_disposal()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "/proc/self/mem is Linux's.");
        await ChildTests.RunAsync(
            ["-class", typeof(SecretRemnantProbe).FullName!],
            new Dictionary<string, string>(StringComparer.Ordinal) { [SecretRemnantProbe.Switch] = "1" });
    }

    private static bool Contains(ReadOnlySpan<byte> memory, ReadOnlySpan<byte> form) => memory.IndexOf(form) >= 0;

    /// <summary>Big-endian bytes, little-endian words of 64 bits, big-endian words of 32 bits, and digits of 52 and 62 bits.</summary>
    private static IEnumerable<byte[]> Forms(System.Numerics.BigInteger value)
    {
        var bytes = Numbers.ToBytes(value);
        yield return bytes;
        var little = (byte[])bytes.Clone();
        Array.Reverse(little);
        yield return little;
        var words = (byte[])bytes.Clone();
        for (var i = 0; i < words.Length; i += 4)
        {
            Array.Reverse(words, i, 4);
        }

        yield return words;
        foreach (var bits in new[] { 52, 62 })
        {
            yield return [.. Enumerable.Range(0, 5)
                .SelectMany(i => BitConverter.GetBytes((ulong)((value >> (bits * i)) & ((System.Numerics.BigInteger.One << bits) - 1))))];
        }
    }
}
