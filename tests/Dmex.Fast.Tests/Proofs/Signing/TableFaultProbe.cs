using System.Security.Cryptography;
using Dmex.Fast.Signing;
using Dmex.Fast.Signing.Curve;
using Dmex.Fast.Signing.Ecdsa;
using Dmex.Fast.Signing.Vectors;
using Dmex.Fast.Tests.Proofs.Differential;
using Dmex.Fast.Tests.Proofs.Reference;
using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.Proofs.Signing;

/// <summary>
/// A bit of the multiples of G is wrong for good, in signing, while verification reads other tables: the fault that rowhammer or a bad
/// memory cell leaves. The tables belong to the whole process, so this runs in one of its own.
/// </summary>
public sealed unsafe class TableFaultProbe(ITestOutputHelper output)
{
    public const string Switch = "DMEX_TEST_SPOIL_TABLES";
    private const int Flips = 200;
    private const int NeighborRounds = 500;

    /// <summary>One without and one with additions that share inversions.</summary>
    private static readonly int[] BatchSizes = [16, 64];

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
            foreach (var size in BatchSizes)
            {
                Check(kernel, batchTable, kernel == SigningKernel.Avx512 ? 32_768 : 6_656, size, plain, verifying, single, random);
            }
        }
    }

    /// <summary>
    /// A stuck address line: in one window of the multiples of G that signing reads, every point reads as its neighbor, which is on
    /// the curve too. Every signature is wrong then, and each is withheld. DMEX_TEST_LONG multiplies the number of signatures.
    /// </summary>
    [Fact]
    public void Every_signature_made_with_a_neighboring_point_is_withheld()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable(Switch) is "1", "Runs in a process of its own, started by another test.");
        var random = Seed.Create(output);
        foreach (var kernel in Kernels.Supported)
        {
            using var key = SigningKey.FromBytes(Numbers.ToBytes(Numbers.Key(random)));
            using var plain = new BatchSigner(key, verifyAfterSign: false, kernel);
            using var verifying = new BatchSigner(key, verifyAfterSign: true, kernel);
            if (kernel == SigningKernel.Portable)
            {
                CheckNeighbors(
                    kernel, FixedBaseTable.Generator.Words, FixedBaseTable.WindowPoints, FixedBaseTable.Windows - 1, columns: false, 1,
                    plain, verifying, random);
                continue;
            }

            CheckNeighbors(
                kernel, LaneTable.Generator.Words, LaneTable.WindowPoints, LaneTable.Windows, columns: false, 1, plain, verifying, random);
            var isAvx512 = kernel == SigningKernel.Avx512;
            foreach (var size in BatchSizes)
            {
                CheckNeighbors(
                    kernel,
                    isAvx512 ? BatchTable.GeneratorColumns.Words : BatchTable.GeneratorRows.Words,
                    isAvx512 ? 128 : 16,
                    isAvx512 ? 32 : 52,
                    columns: isAvx512,
                    size,
                    plain,
                    verifying,
                    random);
            }
        }
    }

    [Fact]
    public void A_key_whose_public_key_is_computed_with_a_wrong_table_is_refused()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable(Switch) is "1", "Runs in a process of its own, started by another test.");
        var random = Seed.Create(output);
        for (var i = 0; i < 50; i++)
        {
            var bytes = Numbers.ToBytes(Numbers.Key(random));
            using (SigningKey.FromBytes(bytes))
            {
                var window = random.Next(FixedBaseTable.Windows - 1);
                SwapNeighbors(FixedBaseTable.Generator.Words, window, FixedBaseTable.WindowPoints, columns: false);
                _ = Assert.Throws<CryptographicException>(() => SigningKey.FromBytes(bytes));
                SwapNeighbors(FixedBaseTable.Generator.Words, window, FixedBaseTable.WindowPoints, columns: false);
            }
        }
    }

    private void CheckNeighbors(
        SigningKernel kernel, ulong* table, int points, int windows, bool columns, int size, BatchSigner plain, BatchSigner verifying,
        Random random)
    {
        var rounds = NeighborRounds * SignatureTests.Length;
        var hashes = new OrderHash[size];
        var right = new Signature[size];
        var signatures = new Signature[size];
        var withheld = 0;
        for (var i = 0; i < rounds; i++)
        {
            for (var j = 0; j < size; j++)
            {
                hashes[j] = Numbers.Hash(random);
            }

            var window = random.Next(windows);
            plain.Sign(hashes, right);
            SwapNeighbors(table, window, points, columns);
            plain.Sign(hashes, signatures);
            for (var j = 0; j < size; j++)
            {
                Assert.NotEqual(right[j], signatures[j]);
            }

            try
            {
                verifying.Sign(hashes, signatures);
            }
            catch (CryptographicException)
            {
                withheld++;
                Assert.Equal(-1, signatures.AsSpan().IndexOfAnyExcept(default(Signature)));
            }

            SwapNeighbors(table, window, points, columns);
        }

        output.WriteLine($"{kernel}, {size} at a time: {withheld} of {rounds} withheld");
        Assert.Equal(rounds, withheld);
    }

    /// <summary>Points 2i and 2i + 1 of a window change places, as when the lowest address line is wrong.</summary>
    private static void SwapNeighbors(ulong* table, int window, int points, bool columns)
    {
        const int Words = LaneTable.PointWords;
        table += (long)window * points * Words;
        for (var point = 0; point < points; point += 2)
        {
            for (var word = 0; word < Words; word++)
            {
                var (first, second) = columns
                    ? ((word * points) + point, (word * points) + point + 1)
                    : ((point * Words) + word, ((point + 1) * Words) + word);
                (table[first], table[second]) = (table[second], table[first]);
            }
        }
    }

    private void Check(
        SigningKernel kernel, ulong* table, int words, int size, BatchSigner plain, BatchSigner verifying, OrderSigner single,
        Random random)
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
                hashes[j] = Numbers.Hash(random);
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
