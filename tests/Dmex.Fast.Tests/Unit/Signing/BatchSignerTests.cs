using System.Numerics;
using Dmex.Fast.Lab.Peers;
using Dmex.Fast.Signing;
using Dmex.Fast.Signing.Ecdsa;
using Dmex.Fast.Signing.Hashing;
using Dmex.Fast.Tests.Proofs.Reference;
using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.Unit.Signing;

public sealed class BatchSignerTests(ITestOutputHelper output)
{
    [Fact]
    public void Batches_of_every_size_hold_the_signatures_of_single_signing_with_every_kernel()
    {
        var random = Seed.Create(output);
        foreach (var kernel in Kernels.Supported)
        {
            using var key = SigningKey.FromBytes(Numbers.ToBytes(Numbers.Key(random)));
            using var single = new OrderSigner(key, verifyAfterSign: false, SigningKernel.Portable);
            using var batch = new BatchSigner(key, verifyAfterSign: true, kernel);
            foreach (var size in Enumerable.Range(0, 40).Concat([63, 64, 65, 127, 128, 129, 255, 257, 1_000]))
            {
                var hashes = Hashes(random, size);

                // One place more than is needed, which must be left alone.
                var signatures = new Signature[size + 1];
                batch.Sign(hashes, signatures);
                for (var i = 0; i < size; i++)
                {
                    single.Sign(in hashes[i], out var expected);
                    Assert.Equal(expected, signatures[i]);
                }

                Assert.Equal(default, signatures[size]);
            }
        }
    }

    [Fact]
    public void Edge_keys_and_hashes_come_out_right_in_any_lane()
    {
        BigInteger[] values = [1, 2, ReferenceCurve.N - 1, ReferenceCurve.N, ReferenceCurve.N + 1, Numbers.Limit - 1];
        var hashes = Enumerable.Range(0, 48).Select(i => new OrderHash(Numbers.ToBytes(values[i % values.Length]))).ToArray();
        var signatures = new Signature[hashes.Length];
        foreach (var kernel in Kernels.Supported)
        {
            foreach (var d in new[] { BigInteger.One, 2, ReferenceCurve.N / 2, ReferenceCurve.N - 1 })
            {
                using var key = SigningKey.FromBytes(Numbers.ToBytes(d));
                using var batch = new BatchSigner(key, verifyAfterSign: true, kernel);
                batch.Sign(hashes, signatures);
                for (var i = 0; i < hashes.Length; i++)
                {
                    var digest = new byte[32];
                    PersonalMessage.Digest(in hashes[i], digest);
                    var (r, s) = BouncyCastleReference.Sign(d, digest);
                    Assert.Equal((r, s), (Numbers.FromBytes(signatures[i].R), Numbers.FromBytes(signatures[i].S)));
                    var address = SignerRecovery.RecoverAddress(in hashes[i], in signatures[i]);
                    Assert.Equal(key.Address, address);
                }
            }
        }
    }

    [Fact]
    public void Libsecp256k1_makes_the_same_batch()
    {
        External.RequireLibSecp256k1();
        var random = Seed.Create(output);
        using var library = new LibSecp256k1();
        var digest = new byte[32];
        foreach (var kernel in Kernels.Supported)
        {
            var d = Numbers.ToBytes(Numbers.Key(random));
            using var key = SigningKey.FromBytes(d);
            using var batch = new BatchSigner(key, verifyAfterSign: false, kernel);
            var hashes = Hashes(random, 5_000);
            var signatures = new Signature[hashes.Length];
            batch.Sign(hashes, signatures);
            for (var i = 0; i < hashes.Length; i++)
            {
                PersonalMessage.Digest(in hashes[i], digest);
                Assert.Equal(library.Sign(digest, d), signatures[i]);
            }
        }
    }

    [Fact]
    public void Too_few_places_are_refused_and_nothing_is_written()
    {
        using var key = SigningKey.FromBytes(Enumerable.Repeat((byte)0x41, 32).ToArray());
        using var batch = new BatchSigner(key);
        var signatures = new Signature[4];
        Assert.Throws<ArgumentException>("signatures", () => batch.Sign(SampleHashes.Same(5), signatures));
        Assert.All(signatures, signature => Assert.Equal(default, signature));
    }

    [Fact]
    public void A_disposed_key_leaves_no_signature_behind()
    {
        foreach (var kernel in Kernels.Supported)
        {
            var key = SigningKey.FromBytes(Enumerable.Repeat((byte)0x42, 32).ToArray());
            using var batch = new BatchSigner(key, verifyAfterSign: true, kernel);
            var signatures = new Signature[20];
            batch.Sign(SampleHashes.Same(20), signatures);
            Assert.Equal(-1, batch.Workspace.IndexOfAnyExcept((byte)0));
            key.Dispose();
            Assert.Throws<ObjectDisposedException>(() => batch.Sign(SampleHashes.Same(20), signatures));
            Assert.All(signatures, signature => Assert.Equal(default, signature));
            Assert.Equal(-1, batch.Workspace.IndexOfAnyExcept((byte)0));
        }
    }

    [Fact]
    public void A_disposed_batch_signer_throws()
    {
        using var key = SigningKey.FromBytes(Enumerable.Repeat((byte)0x43, 32).ToArray());
        var batch = new BatchSigner(key);
        batch.Dispose();
        batch.Dispose();
        Assert.Throws<ObjectDisposedException>(() => batch.Sign(SampleHashes.Same(1), new Signature[1]));
        Assert.Throws<ArgumentNullException>("key", () => new BatchSigner(null!));
    }

    [Fact]
    public async Task A_batch_signer_in_use_by_two_threads_throws_and_serves_on()
    {
        using var key = SigningKey.FromBytes(Enumerable.Repeat((byte)0x44, 32).ToArray());
        using var batch = new BatchSigner(key, verifyAfterSign: false);
        var expected = new Signature[64];
        batch.Sign(SampleHashes.Same(64), expected);
        using var met = new CancellationTokenSource(Wait.Long / 2);
        var threads = Enumerable.Range(0, 2).Select(_ => Task.Factory.StartNew(
            () =>
            {
                var signatures = new Signature[64];
                while (!met.IsCancellationRequested)
                {
                    try
                    {
                        batch.Sign(SampleHashes.Same(64), signatures);
                        Assert.Equal(expected, signatures);
                    }
                    catch (InvalidOperationException error) when (error is not ObjectDisposedException)
                    {
                        met.Cancel();
                        return true;
                    }
                }

                return false;
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)).ToArray();
        Assert.Contains(true, await Task.WhenAll(threads).Soon());
        var afterwards = new Signature[64];
        batch.Sign(SampleHashes.Same(64), afterwards);
        Assert.Equal(expected, afterwards);
    }

    [Fact]
    public async Task Disposing_a_key_waits_for_the_batches_in_progress()
    {
        // Batches run without pause on every thread while the key is disposed: each is whole and right, or none of it is written.
        var random = Seed.Create(output);
        for (var round = 0; round < 10; round++)
        {
            var key = SigningKey.FromBytes(Numbers.ToBytes(Numbers.Key(random)));
            var hashes = Hashes(random, 40);
            var expected = new Signature[hashes.Length];
            using (var batch = new BatchSigner(key))
            {
                batch.Sign(hashes, expected);
            }

            using var running = new CountdownEvent(4);
            var threads = Enumerable.Range(0, 4).Select(_ => Task.Factory.StartNew(
                () =>
                {
                    using var batch = new BatchSigner(key, verifyAfterSign: false);
                    var signatures = new Signature[hashes.Length];
                    running.Signal();
                    try
                    {
                        while (true)
                        {
                            batch.Sign(hashes, signatures);
                            Assert.Equal(expected, signatures);
                        }
                    }
                    catch (ObjectDisposedException)
                    {
                        Assert.All(signatures, signature => Assert.Equal(default, signature));
                        Assert.Equal(-1, batch.Workspace.IndexOfAnyExcept((byte)0));
                    }
                },
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default)).ToArray();
            Assert.True(running.Wait(Wait.Long));
            key.Dispose();
            await Task.WhenAll(threads).Soon();
        }
    }

    [Fact]
    public void The_default_hash_in_any_place_is_refused_and_nothing_is_signed()
    {
        using var key = SigningKey.FromBytes(Enumerable.Repeat((byte)0x45, 32).ToArray());
        using var batch = new BatchSigner(key);
        foreach (var place in (int[])[0, 1, 8])
        {
            var hashes = SampleHashes.Same(9);
            hashes[place] = default;
            var signatures = new Signature[9];
            _ = Assert.Throws<ArgumentException>("hashes", () => batch.Sign(hashes, signatures));
            Assert.All(signatures, signature => Assert.Equal(default, signature));
        }
    }

    [Fact]
    public void A_batch_allocates_nothing()
    {
        using var key = SigningKey.FromBytes(Enumerable.Repeat((byte)0x45, 32).ToArray());
        using var batch = new BatchSigner(key);
        var hashes = SampleHashes.Same(64);
        var signatures = new Signature[64];
        Assert.Equal(0, AllocationMeter.Measure(10, () => batch.Sign(hashes, signatures)));
    }

    private static OrderHash[] Hashes(Random random, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => Numbers.Hash(random))];
}
