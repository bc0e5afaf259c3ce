using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Dmex.Fast.Signing;
using Dmex.Fast.Signing.Curve;
using Dmex.Fast.Signing.Ecdsa;
using Dmex.Fast.Signing.Hashing;
using Dmex.Fast.Signing.Memory;

namespace Dmex.Fast.Bench.Timing;

/// <summary>Which of the two inputs differs between the classes.</summary>
internal enum TimingSplit
{
    /// <summary>Class 0: one key. Class 1: random keys. The hash is the same for all, so the nonce is one, or random.</summary>
    Key,

    /// <summary>Class 0: one hash. Class 1: random hashes. The key is the same for all, so the nonce is one, or random.</summary>
    Hash,

    /// <summary>Both classes random keys and hashes: whatever differs is the measurement's fault.</summary>
    Control,
}

/// <summary>Makes the inputs of a block of timed calls, both classes in random order in one array.</summary>
internal static unsafe class TimingInputs
{
    /// <summary>Fills in inputs and their classes.</summary>
    public static void Fill(Span<TimingInput> inputs, Span<byte> classes, TimingSplit split, Random random)
    {
        // The fixed key has few bits set, so that time taken by the bit would show; it is valid like any other.
        Span<byte> fixedKey = stackalloc byte[SigningKey.Size];
        fixedKey.Clear();
        fixedKey[^1] = 1;
        Span<byte> fixedHash = stackalloc byte[OrderHash.Size];
        fixedHash.Clear();
        fixedHash[0] = 1;
        Span<byte> bytes = stackalloc byte[SigningKey.Size];
        for (var i = 0; i < inputs.Length; i++)
        {
            classes[i] = (byte)random.Next(2);
            var randomKey = split == TimingSplit.Control || (split == TimingSplit.Key && classes[i] == 1);
            var randomHash = split == TimingSplit.Control || (split == TimingSplit.Hash && classes[i] == 1);

            // Random bytes are drawn for either class, so that making the inputs leaves the machine in the same state.
            random.NextBytes(bytes);
            bytes[0] &= 0x7F;
            MakeKey(randomKey ? bytes : fixedKey, out inputs[i].Key);
            random.NextBytes(bytes);
            inputs[i].Hash = new OrderHash(randomHash ? bytes : fixedHash);
        }
    }

    /// <summary>What a <see cref="SigningKey"/> keeps of a key, without the rest of it.</summary>
    private static void MakeKey(ReadOnlySpan<byte> bytes, out KeyMaterial material)
    {
        Unsafe.SkipInit(out material);
        _ = Scalar.FromBytes(out material.D, bytes);
        var schedule = stackalloc uint[Sha256.ScheduleWords];
        fixed (KeyMaterial* key = &material)
        {
            for (var i = 0; i < Sha256.StateWords; i++)
            {
                key->Words[i] = BinaryPrimitives.ReadUInt32BigEndian(bytes[(i * sizeof(uint))..]);
            }

            Rfc6979Nonce.PrepareKey(key, schedule);
        }
    }
}
