using System.Security.Cryptography;
using Dmex.Fast.Signing;
using Dmex.Fast.Signing.Ecdsa;
using Dmex.Fast.Signing.FaultInjection;
using Dmex.Fast.Signing.Memory;
using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.Proofs.Signing;

/// <summary>
/// A nonce made from another input than the digest gives signatures that verify, and two of them with one nonce give the key away.
/// None leaves.
/// </summary>
public sealed unsafe class NonceFaultTests
{
    [Fact]
    public void A_nonce_made_from_zeros_or_from_stale_words_gives_no_signature()
    {
        foreach (var kernel in Kernels.Supported)
        {
            using var key = SigningKey.FromBytes(Enumerable.Repeat((byte)0x21, 32).ToArray());
            using var signer = new OrderSigner(key, verifyAfterSign: true, kernel);
            foreach (var stale in (uint[])[0, 0x5A5A5A5A])
            {
                signer.NonceSeam = workspace => new Span<uint>(workspace->DigestWords, 8).Fill(stale);
                var signature = new Signature(Enumerable.Repeat((byte)1, 64).ToArray(), 27);
                _ = Assert.Throws<CryptographicException>(() => signer.Sign(SampleHashes.One, out signature));
                Assert.Equal(default, signature);
                Assert.Equal(-1, signer.Workspace.IndexOfAnyExcept((byte)0));
            }
        }
    }

    [Fact]
    public void A_batch_whose_nonces_are_made_from_stale_words_is_withheld()
    {
        foreach (var kernel in Kernels.Supported.Where(kernel => kernel != SigningKernel.Portable))
        {
            using var key = SigningKey.FromBytes(Enumerable.Repeat((byte)0x21, 32).ToArray());
            using var batch = new BatchSigner(key, verifyAfterSign: true, kernel);
            batch.Seam = (workspace, stage) =>
            {
                if (stage == BatchStage.NonceInput)
                {
                    new Span<byte>(&workspace->Nonces.DigestWords, sizeof(NonceWorkspaceX16.Words)).Clear();
                    new Span<uint>(workspace->Single.DigestWords, 8).Clear();
                }
            };
            var signatures = new Signature[5];
            _ = Assert.Throws<CryptographicException>(() => batch.Sign(Different(5), signatures));
            Assert.All(signatures, signature => Assert.Equal(default, signature));
            Assert.Equal(-1, batch.Workspace.IndexOfAnyExcept((byte)0));
        }
    }

    [Fact]
    public void Two_hashes_with_one_nonce_in_a_batch_are_withheld()
    {
        foreach (var kernel in Kernels.Supported.Where(kernel => kernel != SigningKernel.Portable))
        {
            using var key = SigningKey.FromBytes(Enumerable.Repeat((byte)0x21, 32).ToArray());
            using var batch = new BatchSigner(key, verifyAfterSign: true, kernel);
            batch.Seam = (workspace, stage) =>
            {
                if (stage == BatchStage.Nonces)
                {
                    workspace->Nonce[17] = workspace->Nonce[3];
                }
            };
            var signatures = new Signature[40];
            _ = Assert.Throws<CryptographicException>(() => batch.Sign(Different(40), signatures));
            Assert.All(signatures, signature => Assert.Equal(default, signature));

            // The same hash twice has one nonce rightly.
            batch.Seam = null;
            batch.Sign(SampleHashes.Same(40), signatures);
            Assert.All(signatures, signature => Assert.Equal(signatures[0], signature));
        }
    }

    [Fact]
    public void A_fault_within_the_nonces_computation_is_found_where_it_is_computed_twice()
    {
        foreach (var kernel in Kernels.Supported)
        {
            using var key = SigningKey.FromBytes(Enumerable.Repeat((byte)0x21, 32).ToArray());
            using var signer = new OrderSigner(key, verifyAfterSign: true, kernel, recomputeNonce: true);
            signer.Sign(SampleHashes.One, out var right);
            using var plain = new OrderSigner(key, verifyAfterSign: true, kernel);
            plain.Sign(SampleHashes.One, out var same);
            Assert.Equal(same, right);

            // The key's words are wrong during the first computation alone.
            var calls = 0;
            signer.NonceSeam = _ => key.Material->Words[3] ^= calls++ < 2 ? 4u : 0;
            _ = Assert.Throws<CryptographicException>(() => signer.Sign(SampleHashes.One, out _));
            Assert.Equal(2, calls);
            signer.NonceSeam = null;
            signer.Sign(SampleHashes.One, out var again);
            Assert.Equal(right, again);
        }
    }

    [Fact]
    public void A_batch_computes_each_nonce_twice_where_it_is_asked_to()
    {
        foreach (var kernel in Kernels.Supported.Where(kernel => kernel != SigningKernel.Portable))
        {
            using var key = SigningKey.FromBytes(Enumerable.Repeat((byte)0x21, 32).ToArray());
            using var batch = new BatchSigner(key, verifyAfterSign: true, kernel, recomputeNonce: true);
            var signatures = new Signature[5];
            batch.Sign(Different(5), signatures);
            Assert.All(signatures, signature => Assert.NotEqual(0, signature.V));
            var calls = 0;
            batch.Seam = (_, stage) => key.Material->Words[3] ^= stage == BatchStage.NonceInput && calls++ < 2 ? 4u : 0;
            _ = Assert.Throws<CryptographicException>(() => batch.Sign(Different(5), signatures));
            Assert.All(signatures, signature => Assert.Equal(default, signature));
        }
    }

    private static OrderHash[] Different(int count) =>
        [.. Enumerable.Range(1, count).Select(i => new OrderHash(Enumerable.Repeat((byte)i, OrderHash.Size).ToArray()))];
}
