using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Dmex.Fast.Signing.Hashing;

/// <summary>Keccak-f[1600] on eight states at once; see <see cref="KeccakPermutation"/>. AVX-512F.</summary>
internal static unsafe class KeccakPermutationX8
{
    /// <summary>Permutes eight states in place.</summary>
    /// <param name="state">25 vectors: lane x + 5y of the eight states, one state an element.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Permute(Vector512<ulong>* state)
    {
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

        foreach (var roundConstant in KeccakPermutation.RoundConstants)
        {
            // theta: each column is XORed with the parities of its two neighbors.
            var ca = Xor(Xor(aba, aga, aka), ama, asa);
            var ce = Xor(Xor(abe, age, ake), ame, ase);
            var ci = Xor(Xor(abi, agi, aki), ami, asi);
            var co = Xor(Xor(abo, ago, ako), amo, aso);
            var cu = Xor(Xor(abu, agu, aku), amu, asu);
            var da = cu ^ Avx512F.RotateLeft(ce, 1);
            var de = ca ^ Avx512F.RotateLeft(ci, 1);
            var di = ce ^ Avx512F.RotateLeft(co, 1);
            var dO = ci ^ Avx512F.RotateLeft(cu, 1);
            var du = co ^ Avx512F.RotateLeft(ca, 1);

            // rho and pi into a row, then chi of that row; iota on the first lane.
            var ba = aba ^ da;
            var be = Avx512F.RotateLeft(age ^ de, 44);
            var bi = Avx512F.RotateLeft(aki ^ di, 43);
            var bo = Avx512F.RotateLeft(amo ^ dO, 21);
            var bu = Avx512F.RotateLeft(asu ^ du, 14);
            var eba = Chi(ba, be, bi) ^ Vector512.Create(roundConstant);
            var ebe = Chi(be, bi, bo);
            var ebi = Chi(bi, bo, bu);
            var ebo = Chi(bo, bu, ba);
            var ebu = Chi(bu, ba, be);

            ba = Avx512F.RotateLeft(abo ^ dO, 28);
            be = Avx512F.RotateLeft(agu ^ du, 20);
            bi = Avx512F.RotateLeft(aka ^ da, 3);
            bo = Avx512F.RotateLeft(ame ^ de, 45);
            bu = Avx512F.RotateLeft(asi ^ di, 61);
            var ega = Chi(ba, be, bi);
            var ege = Chi(be, bi, bo);
            var egi = Chi(bi, bo, bu);
            var ego = Chi(bo, bu, ba);
            var egu = Chi(bu, ba, be);

            ba = Avx512F.RotateLeft(abe ^ de, 1);
            be = Avx512F.RotateLeft(agi ^ di, 6);
            bi = Avx512F.RotateLeft(ako ^ dO, 25);
            bo = Avx512F.RotateLeft(amu ^ du, 8);
            bu = Avx512F.RotateLeft(asa ^ da, 18);
            var eka = Chi(ba, be, bi);
            var eke = Chi(be, bi, bo);
            var eki = Chi(bi, bo, bu);
            var eko = Chi(bo, bu, ba);
            var eku = Chi(bu, ba, be);

            ba = Avx512F.RotateLeft(abu ^ du, 27);
            be = Avx512F.RotateLeft(aga ^ da, 36);
            bi = Avx512F.RotateLeft(ake ^ de, 10);
            bo = Avx512F.RotateLeft(ami ^ di, 15);
            bu = Avx512F.RotateLeft(aso ^ dO, 56);
            var ema = Chi(ba, be, bi);
            var eme = Chi(be, bi, bo);
            var emi = Chi(bi, bo, bu);
            var emo = Chi(bo, bu, ba);
            var emu = Chi(bu, ba, be);

            ba = Avx512F.RotateLeft(abi ^ di, 62);
            be = Avx512F.RotateLeft(ago ^ dO, 55);
            bi = Avx512F.RotateLeft(aku ^ du, 39);
            bo = Avx512F.RotateLeft(ama ^ da, 41);
            bu = Avx512F.RotateLeft(ase ^ de, 2);
            asa = Chi(ba, be, bi);
            ase = Chi(be, bi, bo);
            asi = Chi(bi, bo, bu);
            aso = Chi(bo, bu, ba);
            asu = Chi(bu, ba, be);

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

    /// <summary>a ⊕ b ⊕ c.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    private static Vector512<ulong> Xor(Vector512<ulong> a, Vector512<ulong> b, Vector512<ulong> c) => Avx512F.TernaryLogic(a, b, c, 0x96);

    /// <summary>a ⊕ (¬b ∧ c).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    private static Vector512<ulong> Chi(Vector512<ulong> a, Vector512<ulong> b, Vector512<ulong> c) => Avx512F.TernaryLogic(a, b, c, 0xD2);
}
