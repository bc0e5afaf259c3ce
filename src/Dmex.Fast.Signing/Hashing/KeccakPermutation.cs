using System.Numerics;
using System.Runtime.CompilerServices;

namespace Dmex.Fast.Signing.Hashing;

/// <summary>Keccak-f[1600], 24 rounds (FIPS 202, section 3.3).</summary>
internal static class KeccakPermutation
{
    internal static ReadOnlySpan<ulong> RoundConstants =>
    [
        0x0000000000000001, 0x0000000000008082, 0x800000000000808A, 0x8000000080008000,
        0x000000000000808B, 0x0000000080000001, 0x8000000080008081, 0x8000000000008009,
        0x000000000000008A, 0x0000000000000088, 0x0000000080008009, 0x000000008000000A,
        0x000000008000808B, 0x800000000000008B, 0x8000000000008089, 0x8000000000008003,
        0x8000000000008002, 0x8000000000000080, 0x000000000000800A, 0x800000008000000A,
        0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
    ];

    /// <summary>Permutes the state in place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    public static void Permute(ref KeccakState state)
    {
        // The lanes live in locals through all rounds. Names: a + the letter of the row y (b g k m s for 0..4) and the
        // column x (a e i o u for 0..4), as in the Keccak team's reference implementations.
        var aba = state[0];
        var abe = state[1];
        var abi = state[2];
        var abo = state[3];
        var abu = state[4];
        var aga = state[5];
        var age = state[6];
        var agi = state[7];
        var ago = state[8];
        var agu = state[9];
        var aka = state[10];
        var ake = state[11];
        var aki = state[12];
        var ako = state[13];
        var aku = state[14];
        var ama = state[15];
        var ame = state[16];
        var ami = state[17];
        var amo = state[18];
        var amu = state[19];
        var asa = state[20];
        var ase = state[21];
        var asi = state[22];
        var aso = state[23];
        var asu = state[24];

        foreach (var roundConstant in RoundConstants)
        {
            // theta: each column is XORed with the parities of its two neighbors.
            var ca = aba ^ aga ^ aka ^ ama ^ asa;
            var ce = abe ^ age ^ ake ^ ame ^ ase;
            var ci = abi ^ agi ^ aki ^ ami ^ asi;
            var co = abo ^ ago ^ ako ^ amo ^ aso;
            var cu = abu ^ agu ^ aku ^ amu ^ asu;
            var da = cu ^ BitOperations.RotateLeft(ce, 1);
            var de = ca ^ BitOperations.RotateLeft(ci, 1);
            var di = ce ^ BitOperations.RotateLeft(co, 1);
            var dO = ci ^ BitOperations.RotateLeft(cu, 1);
            var du = co ^ BitOperations.RotateLeft(ca, 1);

            // rho and pi into a row, then chi of that row; iota on the first lane.
            var ba = aba ^ da;
            var be = BitOperations.RotateLeft(age ^ de, 44);
            var bi = BitOperations.RotateLeft(aki ^ di, 43);
            var bo = BitOperations.RotateLeft(amo ^ dO, 21);
            var bu = BitOperations.RotateLeft(asu ^ du, 14);
            var eba = ba ^ (~be & bi) ^ roundConstant;
            var ebe = be ^ (~bi & bo);
            var ebi = bi ^ (~bo & bu);
            var ebo = bo ^ (~bu & ba);
            var ebu = bu ^ (~ba & be);

            ba = BitOperations.RotateLeft(abo ^ dO, 28);
            be = BitOperations.RotateLeft(agu ^ du, 20);
            bi = BitOperations.RotateLeft(aka ^ da, 3);
            bo = BitOperations.RotateLeft(ame ^ de, 45);
            bu = BitOperations.RotateLeft(asi ^ di, 61);
            var ega = ba ^ (~be & bi);
            var ege = be ^ (~bi & bo);
            var egi = bi ^ (~bo & bu);
            var ego = bo ^ (~bu & ba);
            var egu = bu ^ (~ba & be);

            ba = BitOperations.RotateLeft(abe ^ de, 1);
            be = BitOperations.RotateLeft(agi ^ di, 6);
            bi = BitOperations.RotateLeft(ako ^ dO, 25);
            bo = BitOperations.RotateLeft(amu ^ du, 8);
            bu = BitOperations.RotateLeft(asa ^ da, 18);
            var eka = ba ^ (~be & bi);
            var eke = be ^ (~bi & bo);
            var eki = bi ^ (~bo & bu);
            var eko = bo ^ (~bu & ba);
            var eku = bu ^ (~ba & be);

            ba = BitOperations.RotateLeft(abu ^ du, 27);
            be = BitOperations.RotateLeft(aga ^ da, 36);
            bi = BitOperations.RotateLeft(ake ^ de, 10);
            bo = BitOperations.RotateLeft(ami ^ di, 15);
            bu = BitOperations.RotateLeft(aso ^ dO, 56);
            var ema = ba ^ (~be & bi);
            var eme = be ^ (~bi & bo);
            var emi = bi ^ (~bo & bu);
            var emo = bo ^ (~bu & ba);
            var emu = bu ^ (~ba & be);

            ba = BitOperations.RotateLeft(abi ^ di, 62);
            be = BitOperations.RotateLeft(ago ^ dO, 55);
            bi = BitOperations.RotateLeft(aku ^ du, 39);
            bo = BitOperations.RotateLeft(ama ^ da, 41);
            bu = BitOperations.RotateLeft(ase ^ de, 2);
            asa = ba ^ (~be & bi);
            ase = be ^ (~bi & bo);
            asi = bi ^ (~bo & bu);
            aso = bo ^ (~bu & ba);
            asu = bu ^ (~ba & be);

            (aba, abe, abi, abo, abu) = (eba, ebe, ebi, ebo, ebu);
            (aga, age, agi, ago, agu) = (ega, ege, egi, ego, egu);
            (aka, ake, aki, ako, aku) = (eka, eke, eki, eko, eku);
            (ama, ame, ami, amo, amu) = (ema, eme, emi, emo, emu);
        }

        state[0] = aba;
        state[1] = abe;
        state[2] = abi;
        state[3] = abo;
        state[4] = abu;
        state[5] = aga;
        state[6] = age;
        state[7] = agi;
        state[8] = ago;
        state[9] = agu;
        state[10] = aka;
        state[11] = ake;
        state[12] = aki;
        state[13] = ako;
        state[14] = aku;
        state[15] = ama;
        state[16] = ame;
        state[17] = ami;
        state[18] = amo;
        state[19] = amu;
        state[20] = asa;
        state[21] = ase;
        state[22] = asi;
        state[23] = aso;
        state[24] = asu;
    }
}
