using System.Security.Cryptography;
using Dmex.Fast.Signing;
using Dmex.Fast.Signing.Ecdsa;
using Dmex.Fast.Signing.Vectors;
using Dmex.Fast.Tests.Proofs.Reference;
using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.Proofs.Signing;

/// <summary>
/// A bit of the multiples of G is wrong for good, in signing and in verification alike: the fault that rowhammer or a bad
/// memory cell leaves. The tables belong to the whole process, so this runs in one of its own.
/// </summary>
public sealed unsafe class TableFaultProbe(ITestOutputHelper output)
{
    public const string Switch = "DMEX_TEST_SPOIL_TABLES";
    private const int Flips = 200;

    [Fact]
    public void Every_wrong_signature_is_withheld()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable(Switch) is "1", "Runs in a process of its own, started by another test.");
        var random = Seed.Create(output);
        foreach (var kernel in Kernels.Supported.Where(kernel => kernel != SigningKernel.Portable))
        {
            using var key = SigningKey.FromBytes(Numbers.ToBytes(Numbers.Key(random)));
            using var single = new OrderSigner(key, verifyAfterSign: false, SigningKernel.Portable);
            using var plain = new BatchSigner(key, verifyAfterSign: false, kernel);
            using var verifying = new BatchSigner(key, verifyAfterSign: true, kernel);
            var batchTable = kernel == SigningKernel.Avx512 ? BatchTable.GeneratorColumns.Words : BatchTable.GeneratorRows.Words;
            Check(kernel, LaneTable.Generator.Words, LaneTable.Windows * LaneTable.WindowWords, size: 1, plain, verifying, single, random);
            Check(kernel, batchTable, kernel == SigningKernel.Avx512 ? 32_768 : 6_656, size: 16, plain, verifying, single, random);
        }
    }

    private void Check(
        SigningKernel kernel, ulong* table, int words, int size, BatchSigner plain, BatchSigner verifying, OrderSigner single, Random random)
    {
        var (escaped, caught) = (0, 0);
        var hashes = new OrderHash[size];
        var right = new Signature[size];
        var spoilt = new Signature[size];
        var signatures = new Signature[size];
        for (var i = 0; i < Flips; i++)
        {
            for (var j = 0; j < size; j++)
            {
                hashes[j] = new OrderHash(Numbers.ToBytes(Numbers.Bits256(random)));
                single.Sign(in hashes[j], out right[j]);
            }

            var (word, bit) = (random.Next(words), 1UL << random.Next(64));
            table[word] ^= bit;
            plain.Sign(hashes, spoilt);
            escaped += right.AsSpan().SequenceEqual(spoilt) ? 0 : 1;
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

            table[word] ^= bit;
        }

        output.WriteLine($"{kernel}, {size} at a time: {escaped} of {Flips} escape without verification, {caught} are caught by it");
        Assert.True(escaped > 0 && caught >= escaped);
    }
}
