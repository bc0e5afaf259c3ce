using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Dmex.Fast.Signing;
using Dmex.Fast.Signing.Curve;
using Dmex.Fast.Signing.Ecdsa;
using Dmex.Fast.Signing.FaultInjection;
using Dmex.Fast.Signing.Memory;
using Dmex.Fast.Signing.Vectors;
using Dmex.Fast.Tests.Proofs.Reference;
using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.Proofs.Signing;

/// <summary>
/// A bit that flips while a signature is made gives, with a deterministic nonce, a wrong signature that gives the key away.
/// With verification none leaves: flips in every kind of intermediate value are caught, or had no effect. Without it the
/// same flips let wrong signatures out, which shows that they were felt.
/// </summary>
public sealed class FaultTests(ITestOutputHelper output)
{
    private const int Flips = 40;

    public enum Target
    {
        /// <summary>x(R): as a fault in k · G, its table or its inversion would leave it.</summary>
        X,

        /// <summary>y(R).</summary>
        Y,

        /// <summary>k^-1.</summary>
        Inverse,

        /// <summary>The digest, after the nonce was made from it.</summary>
        Digest,

        /// <summary>The private key.</summary>
        Key,
    }

    public static IEnumerable<TheoryDataRow<Target>> Targets =>
        Enum.GetValues<Target>().Select(target => new TheoryDataRow<Target>(target));

    [Theory]
    [MemberData(nameof(Targets))]
    public unsafe void No_signature_spoilt_by_a_flipped_bit_leaves(Target target)
    {
        var random = Seed.Create(output);
        foreach (var kernel in Kernels.Supported)
        {
            using var key = SigningKey.FromBytes(Numbers.ToBytes(Numbers.Key(random)));
            using var plain = new OrderSigner(key, verifyAfterSign: false, kernel);
            using var verifying = new OrderSigner(key, verifyAfterSign: true, kernel);
            var (escaped, caught) = (0, 0);
            for (var i = 0; i < Flips; i++)
            {
                var hash = Numbers.Hash(random);
                plain.Seam = verifying.Seam = null;
                verifying.Sign(in hash, out var right);

                // Of y, the lowest bit alone reaches the signature, as v.
                var bit = target == Target.Y && i % 2 == 0 ? 0 : random.Next(256);
                var flip = Flip(target, key, bit);
                plain.Seam = verifying.Seam = flip;
                plain.Sign(in hash, out var spoilt);
                FlipBack(target, key, bit);
                escaped += spoilt == right ? 0 : 1;

                var signature = right;
                try
                {
                    verifying.Sign(in hash, out signature);
                    Assert.Equal(right, signature);
                }
                catch (CryptographicException)
                {
                    caught++;
                    Assert.Equal(default, signature);
                }

                FlipBack(target, key, bit);
                Assert.Equal(-1, verifying.Workspace.IndexOfAnyExcept((byte)0));
            }

            output.WriteLine($"{kernel}, {target}: {escaped} of {Flips} escape without verification, {caught} are caught by it");
            Assert.True(caught >= escaped);
            Assert.True(escaped > 0);
        }
    }

    [Theory]
    [InlineData(21)]
    [InlineData(61)]
    public unsafe void No_batch_spoilt_by_a_flipped_bit_leaves(int size)
    {
        var random = Seed.Create(output);
        foreach (var kernel in Kernels.Supported.Where(kernel => kernel != SigningKernel.Portable))
        {
            using var key = SigningKey.FromBytes(Numbers.ToBytes(Numbers.Key(random)));
            using var plain = new BatchSigner(key, verifyAfterSign: false, kernel);
            using var verifying = new BatchSigner(key, verifyAfterSign: true, kernel);
            var hashes = Enumerable.Range(0, size).Select(_ => Numbers.Hash(random)).ToArray();
            var right = new Signature[size];
            verifying.Sign(hashes, right);
            foreach (var (name, flip) in BatchFlips(size))
            {
                var (escaped, caught) = (0, 0);
                for (var i = 0; i < Flips; i++)
                {
                    var draw = random.Next();
                    plain.Seam = verifying.Seam = (workspace, stage) => flip(workspace, stage, new Random(draw));
                    var spoilt = new Signature[size];
                    plain.Sign(hashes, spoilt);
                    escaped += right.AsSpan().SequenceEqual(spoilt) ? 0 : 1;

                    var signatures = (Signature[])right.Clone();
                    try
                    {
                        verifying.Sign(hashes, signatures);
                        Assert.Equal(right, signatures);
                    }
                    catch (CryptographicException)
                    {
                        caught++;
                        Assert.All(signatures, signature => Assert.Equal(default, signature));
                    }

                    Assert.Equal(-1, verifying.Workspace.IndexOfAnyExcept((byte)0));
                }

                output.WriteLine($"{kernel}, {name}: {escaped} of {Flips} escape without verification, {caught} are caught by it");
                Assert.True(caught >= escaped);
                Assert.True(escaped > 0);
            }
        }
    }

    [Fact]
    public unsafe void Another_thread_never_sees_a_signature_that_is_withheld()
    {
        const int Size = 20;
        using var key = SigningKey.FromBytes(Enumerable.Repeat((byte)0x51, 32).ToArray());
        foreach (var kernel in Kernels.Supported.Where(kernel => kernel != SigningKernel.Portable))
        {
            using var batch = new BatchSigner(key, verifyAfterSign: true, kernel);
            using var ended = new CancellationTokenSource();
            batch.Seam = (workspace, stage) => workspace->Nonce[3].W0 ^= stage == BatchStage.Inverses ? 1UL : 0;
            var hashes = SampleHashes.Same(Size);
            var signatures = new Signature[Size];
            var seen = 0;
            var watcher = new Thread(() =>
            {
                while (!ended.IsCancellationRequested)
                {
                    seen += MemoryMarshal.AsBytes(signatures.AsSpan()).IndexOfAnyExcept((byte)0) >= 0 ? 1 : 0;
                }
            })
            {
                IsBackground = true,
            };
            watcher.Start();
            for (var i = 0; i < 500; i++)
            {
                _ = Assert.Throws<CryptographicException>(() => batch.Sign(hashes, signatures));
            }

            ended.Cancel();
            watcher.Join();
            Assert.Equal(0, seen);
        }
    }

    [Fact]
    public async Task No_signature_made_with_a_spoilt_table_leaves() => await ChildTests.RunAsync(
        ["-class", typeof(TableFaultProbe).FullName!],
        new Dictionary<string, string>(StringComparer.Ordinal) { [TableFaultProbe.Switch] = "1" });

    private unsafe delegate void BatchFlip(BatchWorkspace* workspace, BatchStage stage, Random random);

    /// <summary>A flip in the first 16 signatures' values, by what it hits; the sums are there where additions share inversions.</summary>
    private static unsafe (string Name, BatchFlip Flip)[] BatchFlips(int size)
    {
        const int Hit = 16;
        (string Name, BatchFlip Flip)[] sums =
        [
            ("sums' X", (w, stage, random) => FlipAt(stage, BatchStage.Sums, &w->Sums.X, 640, random)),
            ("sums' Y", (w, stage, random) => FlipAt(stage, BatchStage.Sums, &w->Sums.Y, 640, random)),
        ];
        return
        [
            .. size < AffineSums<FieldElementX8>.MinHashes ? [] : sums,
            ("digests", (w, stage, random) => FlipAt(stage, BatchStage.Nonces, &w->Digests, Hit * sizeof(Scalar), random)),
            ("points' X", (w, stage, random) => FlipAt(stage, BatchStage.Points, &w->X, 640, random)),
            ("points' Y", (w, stage, random) => FlipAt(stage, BatchStage.Points, &w->Y, 640, random)),
            ("points' Z", (w, stage, random) => FlipAt(stage, BatchStage.Points, &w->Z, 640, random)),
            ("nonces while their products are inverted",
            (w, stage, random) => FlipAt(stage, BatchStage.Inverses, &w->Nonce, Hit * sizeof(Scalar), random)),
            ("products of the nonces",
            (w, stage, random) => FlipAt(stage, BatchStage.Inverses, &w->NonceProducts, Hit * sizeof(Scalar), random)),
            ("products of the Zs", (w, stage, random) => FlipAt(stage, BatchStage.Inverses, &w->Products, 320, random)),
        ];
    }

    private static unsafe void FlipAt(BatchStage stage, BatchStage wanted, void* values, int size, Random random)
    {
        if (stage == wanted)
        {
            var bit = random.Next(8 * size);
            ((byte*)values)[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    private static unsafe SignerSeam Flip(Target target, SigningKey key, int bit) =>
        (SignerWorkspace* workspace, ref AffinePoint point, ref Scalar z) =>
    {
        switch (target)
        {
            case Target.X:
                FlipLimb(ref point.X, bit);
                break;
            case Target.Y:
                FlipLimb(ref point.Y, bit);
                break;
            case Target.Inverse:
                FlipWord(ref workspace->Nonce, bit);
                break;
            case Target.Digest:
                FlipWord(ref z, bit);
                break;
            default:
                FlipWord(ref key.Material->D, bit);
                break;
        }
    };

    private static unsafe void FlipBack(Target target, SigningKey key, int bit)
    {
        if (target == Target.Key)
        {
            FlipWord(ref key.Material->D, bit);
        }
    }

    private static unsafe void FlipWord(ref Scalar value, int bit)
    {
        fixed (Scalar* words = &value)
        {
            ((ulong*)words)[bit / 64] ^= 1UL << (bit % 64);
        }
    }

    private static unsafe void FlipLimb(ref FieldElement value, int bit)
    {
        fixed (FieldElement* limbs = &value)
        {
            ((ulong*)limbs)[bit / 52] ^= 1UL << (bit % 52);
        }
    }
}
