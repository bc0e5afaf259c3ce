using System.Numerics;
using Dmex.Fast.Signing;
using Dmex.Fast.Tests.Proofs.Reference;
using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.Unit.Signing;

public sealed class OrderSignerTests(ITestOutputHelper output)
{
    [Fact]
    public void The_same_hash_gives_the_same_signature_with_and_without_verification()
    {
        var random = Seed.Create(output);
        using var key = SigningKey.FromBytes(Numbers.ToBytes(Numbers.Key(random)));
        using var verifying = new OrderSigner(key);
        using var plain = new OrderSigner(key, verifyAfterSign: false);
        for (var i = 0; i < 100; i++)
        {
            var hash = Numbers.Hash(random);
            verifying.Sign(in hash, out var first);
            plain.Sign(in hash, out var second);
            verifying.Sign(in hash, out var third);
            Assert.Equal(first, second);
            Assert.Equal(first, third);
        }
    }

    [Fact]
    public void Refused_nonces_lead_to_the_next_candidates_of_RFC_6979()
    {
        var random = Seed.Create(output);
        for (var refused = 0; refused <= 4; refused++)
        {
            var key = Numbers.Key(random);
            var digest = Numbers.ToBytes(Numbers.Bits256(random));
            using var signingKey = SigningKey.FromBytes(Numbers.ToBytes(key));
            using var signer = new OrderSigner(signingKey);
            signer.SignDigest(digest, refused, out var signature);
            var (r, s, v) = ReferenceEcdsa.Sign(key, digest, refused);
            Assert.Equal((r, s, v), (Numbers.FromBytes(signature.R), Numbers.FromBytes(signature.S), signature.V));
        }
    }

    [Fact]
    public void A_digest_of_n_and_more_is_taken_modulo_n()
    {
        BigInteger[] digests = [BigInteger.Zero, 1, ReferenceCurve.N - 1, ReferenceCurve.N, ReferenceCurve.N + 1, Numbers.Limit - 1];
        BigInteger[] keys = [BigInteger.One, 2, ReferenceCurve.N / 2, ReferenceCurve.N - 1];
        foreach (var key in keys)
        {
            using var signingKey = SigningKey.FromBytes(Numbers.ToBytes(key));
            using var signer = new OrderSigner(signingKey);
            foreach (var value in digests)
            {
                var digest = Numbers.ToBytes(value);
                signer.SignDigest(digest, refusedNonces: 0, out var signature);
                Assert.Equal(
                    ReferenceEcdsa.Sign(key, digest),
                    (Numbers.FromBytes(signature.R), Numbers.FromBytes(signature.S), signature.V));
            }
        }
    }

    [Fact]
    public async Task A_signer_in_use_by_two_threads_throws_and_every_signature_handed_out_is_right()
    {
        // No thread is timed: two sign without pause until they have met, however the scheduler runs them.
        using var key = SigningKey.FromBytes(Enumerable.Repeat((byte)0x31, 32).ToArray());
        using var signer = new OrderSigner(key, verifyAfterSign: false);
        signer.Sign(SampleHashes.One, out var expected);
        using var met = new CancellationTokenSource(Wait.Long / 2);
        var threads = Enumerable.Range(0, 2).Select(_ => Task.Factory.StartNew(
            () =>
            {
                while (!met.IsCancellationRequested)
                {
                    try
                    {
                        signer.Sign(SampleHashes.One, out var signature);
                        Assert.Equal(expected, signature);
                    }
                    catch (InvalidOperationException error) when (error is not ObjectDisposedException)
                    {
                        Assert.Contains("one thread", error.Message, StringComparison.Ordinal);
                        met.Cancel();
                        return true;
                    }
                }

                return false;
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)).ToArray();
        var clashed = await Task.WhenAll(threads).Soon();
        Assert.Contains(true, clashed);

        // The clash breaks nothing: the signer serves on.
        signer.Sign(SampleHashes.One, out var afterwards);
        Assert.Equal(expected, afterwards);
    }

    [Fact]
    public async Task Disposing_a_key_waits_for_the_signature_in_progress()
    {
        var key = SigningKey.FromBytes(Enumerable.Repeat((byte)0x32, 32).ToArray());
        key.Enter();
        var disposing = Task.Factory.StartNew(key.Dispose, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

        // From the moment that new users are turned away the disposal has begun; it must not end before the one inside leaves.
        Assert.True(SpinWait.SpinUntil(() => !TryEnter(key), Wait.Long));
        Assert.False(disposing.IsCompleted);
        key.Exit();
        await disposing.Soon();
        Assert.Throws<ObjectDisposedException>(key.Enter);
    }

    [Fact]
    public async Task Many_signers_racing_a_disposal_give_right_signatures_or_throw()
    {
        var random = Seed.Create(output);
        for (var round = 0; round < 20; round++)
        {
            var key = SigningKey.FromBytes(Numbers.ToBytes(Numbers.Key(random)));
            var hash = Numbers.Hash(random);
            Signature expected;
            using (var signer = new OrderSigner(key))
            {
                signer.Sign(in hash, out expected);
            }

            using var running = new CountdownEvent(4);
            var threads = Enumerable.Range(0, 4).Select(_ => Task.Factory.StartNew(
                () =>
                {
                    using var signer = new OrderSigner(key, verifyAfterSign: false);
                    running.Signal();
                    try
                    {
                        while (true)
                        {
                            signer.Sign(in hash, out var signature);
                            Assert.Equal(expected, signature);
                        }
                    }
                    catch (ObjectDisposedException)
                    {
                        return;
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
    public void A_disposed_signer_throws_and_leaves_its_key_in_service()
    {
        using var key = SigningKey.FromBytes(Enumerable.Repeat((byte)0x33, 32).ToArray());
        var signer = new OrderSigner(key);
        signer.Dispose();
        signer.Dispose();
        Assert.Throws<ObjectDisposedException>(() => signer.Sign(SampleHashes.One, out _));
        using var another = new OrderSigner(key);
        another.Sign(SampleHashes.One, out var signature);
        var address = SignerRecovery.RecoverAddress(SampleHashes.One, in signature);
        Assert.Equal(key.Address, address);
    }

    [Fact]
    public void The_default_hash_is_not_signed()
    {
        using var key = SigningKey.FromBytes(Enumerable.Repeat((byte)0x33, 32).ToArray());
        using var signer = new OrderSigner(key);
        var signature = new Signature(new byte[Signature.Size], 27);
        _ = Assert.Throws<ArgumentException>("hash", () => signer.Sign(default, out signature));
    }

    [Fact]
    public void The_kernels_name_is_that_of_the_best_one() =>
        Assert.Equal(Kernels.Supported.Max().ToString(), OrderSigner.KernelName);

    [Fact]
    public void A_signer_needs_a_key() => Assert.Throws<ArgumentNullException>("key", () => new OrderSigner(null!));

    private static bool TryEnter(SigningKey key)
    {
        try
        {
            key.Enter();
        }
        catch (ObjectDisposedException)
        {
            return false;
        }

        key.Exit();
        return true;
    }
}
