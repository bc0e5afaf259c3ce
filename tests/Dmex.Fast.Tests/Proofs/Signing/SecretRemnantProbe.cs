using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Dmex.Fast.Keys;
using Dmex.Fast.Signing;
using Dmex.Fast.Signing.Curve;
using Dmex.Fast.Signing.Ecdsa;
using Dmex.Fast.Signing.FaultInjection;
using Dmex.Fast.Signing.Memory;
using Dmex.Fast.Tests.Support;
using Nethereum.Signer;
using Xunit;

namespace Dmex.Fast.Tests.Proofs.Signing;

/// <summary>
/// Signs with a random key that this test itself leaves nowhere, and then searches all writable memory of the process for
/// 16 bytes of key, nonce and k^-1 in any form that signing keeps them in. Registers that the kernel has saved, swap, and
/// copies shorter than 16 bytes are out of its reach.
/// </summary>
public sealed unsafe class SecretRemnantProbe(ITestOutputHelper output)
{
    public const string Switch = "DMEX_TEST_SEARCH_MEMORY";

    [Fact]
    public void No_key_and_no_nonce_is_in_memory_after_disposal()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable(Switch) is "1", "Runs in a process of its own, started by another test.");
        using var memory = new OwnMemory();
        var key = MakeKey();
        memory.AddScalar("d", (ulong*)&key.Material->D);

        // The control: while the key lives, the search finds it, in its own memory and nowhere else.
        var alive = memory.Find();
        output.WriteLine(string.Join('\n', alive));
        Assert.NotEmpty(alive);

        foreach (var kernel in Kernels.Supported)
        {
            Sign(key, kernel, memory);
        }

        SignUnderCollections(key, memory);
        key.Dispose();
        var left = memory.Find();
        Assert.True(left.Count == 0, string.Join('\n', left));
    }

    /// <summary>
    /// The originals stay in the memory of their libraries; a hundred conversions leave not one copy more. Nothing is collected in
    /// between, and the control's copies are seen.
    /// </summary>
    [Fact]
    public void No_copy_is_left_of_a_key_that_was_converted()
    {
        const int Conversions = 50;
        Assert.SkipUnless(Environment.GetEnvironmentVariable(Switch) is "1", "Runs in a process of its own, started by another test.");
        using var memory = new OwnMemory();
        var key = MakeKey();
        memory.AddScalar("d", (ulong*)&key.Material->D);
        var bytes = new byte[SigningKey.Size];
        MemoryMarshal.AsBytes(new ReadOnlySpan<ulong>(&key.Material->D, 4)).CopyTo(bytes);
        Array.Reverse(bytes); // little-endian words of 64 bits
        key.Dispose();
        EthECKey nethereum = new(bytes, isPrivate: true);
        using var nbitcoin = NBitcoin.Secp256k1.ECPrivKey.Create(bytes);
        ConvertOnce();

        Assert.True(GC.TryStartNoGCRegion(16 << 20));
        var before = memory.Find().Count;
        for (var i = 0; i < Conversions; i++)
        {
            ConvertOnce();
        }

        var converted = memory.Find().Count;
        var copies = new byte[Conversions][];
        for (var i = 0; i < Conversions; i++)
        {
            copies[i] = (byte[])bytes.Clone();
        }

        var control = memory.Find().Count - converted;
        GC.EndNoGCRegion();
        GC.KeepAlive(copies);
        output.WriteLine($"{before} before, {converted} after {Conversions} conversions of each, {control} more by as many copies");
        Assert.True(before > 0 && control >= Conversions, $"the search sees {control} of {Conversions} copies");
        Assert.True(converted <= before, $"{converted - before} copies are left");

        void ConvertOnce()
        {
            nethereum.ToSigningKey().Dispose();
            nbitcoin.ToSigningKey().Dispose();
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static SigningKey MakeKey()
    {
        Span<byte> bytes = stackalloc byte[SigningKey.Size];
        RandomNumberGenerator.Fill(bytes);
        bytes[0] &= 0x7F;
        var key = SigningKey.FromBytes(bytes);
        CryptographicOperations.ZeroMemory(bytes);
        return key;
    }

    /// <summary>Collections that fall into signatures leave registers on the stack, far below the signer's frames.</summary>
    private static void SignUnderCollections(SigningKey key, OwnMemory memory)
    {
        const int Signatures = 400;
        using var ended = new CancellationTokenSource();
        var collector = new Thread(() =>
        {
            while (!ended.IsCancellationRequested)
            {
                GC.Collect(0, GCCollectionMode.Forced, blocking: true);
            }
        });
        collector.Start();
        foreach (var kernel in Kernels.Supported)
        {
            using var signer = new OrderSigner(key, verifyAfterSign: false, kernel);
            for (var i = 0; i < Signatures; i++)
            {
                signer.Seam = i != Signatures - 1 ? null : (SignerWorkspace* workspace, ref AffinePoint _, ref Scalar _) =>
                    memory.AddScalar("k^-1 of the last signature", (ulong*)&workspace->Nonce);
                signer.Sign(SampleHashes.One, out _);
            }
        }

        ended.Cancel();
        collector.Join();
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Sign(SigningKey key, SigningKernel kernel, OwnMemory memory)
    {
        using var signer = new OrderSigner(key, verifyAfterSign: true, kernel);
        using var batch = new BatchSigner(key, verifyAfterSign: true, kernel);
        var hashes = new OrderHash[60];
        Span<byte> bytes = stackalloc byte[OrderHash.Size];
        for (var i = 0; i < hashes.Length; i++)
        {
            bytes.Fill((byte)(i + 1));
            hashes[i] = new OrderHash(bytes);
        }

        var signatures = new Signature[hashes.Length];
        signer.Seam = (SignerWorkspace* workspace, ref AffinePoint _, ref Scalar _) =>
        {
            memory.AddScalar("k^-1", (ulong*)&workspace->Nonce);
            memory.Add("k, as V", workspace->V);
            memory.Add("k, as V, the end", workspace->V + 4);
        };
        signer.Sign(in hashes[3], out _);
        batch.Seam = (workspace, stage) =>
        {
            if (stage == BatchStage.Nonces)
            {
                var nonce = workspace->Nonce[3];
                memory.AddScalar("k", (ulong*)&nonce);
                ConstantTime.Wipe(ref nonce);
            }
        };
        batch.Sign(hashes.AsSpan(0, 20), signatures);
        batch.Sign(hashes, signatures);
    }
}
