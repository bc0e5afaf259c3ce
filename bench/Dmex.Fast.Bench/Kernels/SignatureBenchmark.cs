using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using Dmex.Fast.Lab.Peers;
using Dmex.Fast.Signing;
using Dmex.Fast.Signing.Ecdsa;
using Dmex.Fast.Signing.Hashing;

namespace Dmex.Fast.Bench.Kernels;

/// <summary>
/// One signature of an order hash, its digest included, by every kernel of this processor and by others' implementations.
/// What this machine lacks is left out, not shown as fast.
/// </summary>
[MemoryDiagnoser]
public class SignatureBenchmark
{
    /// <summary>The name of the C library among the implementations.</summary>
    public const string LibSecp256k1Name = "libsecp256k1";

    /// <summary>The name of the system's own, older C library.</summary>
    public const string SystemLibraryName = "libsecp256k1 of the system";

    /// <summary>The name of NBitcoin.Secp256k1 among the implementations.</summary>
    public const string NBitcoinName = "NBitcoin";

    /// <summary>The name of Nethereum.Signer among the implementations.</summary>
    public const string NethereumName = "Nethereum";

    /// <summary>The name of BouncyCastle among the implementations.</summary>
    public const string BouncyCastleName = "BouncyCastle";

    private const string EcdsaName = "ECDsa of .NET"; // OpenSSL's on Linux; a random nonce and no v
    /// <summary>What follows the name of a kernel that verifies its signatures.</summary>
    public const string WithVerification = ", verified";

    private const string CurveName = "secp256k1";

    private readonly byte[] _digest = new byte[32];
    private readonly byte[] _rs = new byte[64];
    private Action<int> _sign = _ => { };
    private int _next;

    public static IEnumerable<string> Implementations()
    {
        if (LibSecp256k1.IsPresent)
        {
            yield return LibSecp256k1Name;
            yield return LibSecp256k1Name + WithVerification;
        }

        if (LibSecp256k1.IsInSystem)
        {
            yield return SystemLibraryName;
        }

        yield return BouncyCastleName;
        yield return NBitcoinName;
        yield return NethereumName;
        if (HasCurve())
        {
            yield return EcdsaName;
        }

        foreach (var kernel in Enum.GetValues<SigningKernel>().Where(SigningKernels.IsSupported))
        {
            yield return kernel.ToString();
            yield return kernel + WithVerification;
        }
    }

    [ParamsSource(nameof(Implementations))]
    public string Implementation { get; set; } = BouncyCastleName;

    [GlobalSetup]
    public void Prepare()
    {
        Switches.Confirm();
        _sign = Implementation switch
        {
            LibSecp256k1Name => SignWithLibSecp256k1(ofSystem: false),
            SystemLibraryName => SignWithLibSecp256k1(ofSystem: true),
            LibSecp256k1Name + WithVerification => SignAndVerifyWithLibSecp256k1(),
            BouncyCastleName => SignWithBouncyCastle(),
            NBitcoinName => SignWithNBitcoin(),
            NethereumName => SignWithNethereum(),
            EcdsaName => SignWithEcdsa(),
            _ => SignWithKernel(),
        };
        using var peer = new BouncyCastleSigner(Sample.KeyBytes);
        var expected = new byte[64];
        for (var i = 0; i < Sample.Count; i++)
        {
            _sign(i);
            PersonalMessage.Digest(in Sample.Hashes[i], _digest);
            _ = peer.SignDigest(_digest, expected);
            if (Implementation is EcdsaName)
            {
                Check.True(CreateEcdsa().VerifyHash(_digest, _rs), Implementation);
            }
            else
            {
                Check.Same(expected, _rs, Implementation);
            }
        }
    }

    [Benchmark]
    public byte[] Sign()
    {
        _sign(_next++ % Sample.Count);
        return _rs;
    }

    private Action<int> SignWithKernel()
    {
        var verify = Implementation.EndsWith(WithVerification, StringComparison.Ordinal);
        var kernel = Enum.Parse<SigningKernel>(Implementation.Split(',')[0]);
        var signer = new OrderSigner(SigningKey.FromBytes(Sample.KeyBytes), verify, kernel);
        return i =>
        {
            signer.Sign(in Sample.Hashes[i], out var signature);
            signature.CopyTo(_rs);
        };
    }

    private Action<int> SignAndVerifyWithLibSecp256k1()
    {
        var library = new LibSecp256k1();
        var publicKey = library.CreatePublicKey(Sample.KeyBytes);
        return i =>
        {
            PersonalMessage.Digest(in Sample.Hashes[i], _digest);
            library.SignAndVerify(_digest, Sample.KeyBytes, publicKey, _rs);
        };
    }

    private Action<int> SignWithLibSecp256k1(bool ofSystem)
    {
        var library = new LibSecp256k1(ofSystem);
        return i =>
        {
            PersonalMessage.Digest(in Sample.Hashes[i], _digest);
            library.Sign(_digest, Sample.KeyBytes).CopyTo(_rs);
        };
    }

    private Action<int> SignWithBouncyCastle()
    {
        var signer = new BouncyCastleSigner(Sample.KeyBytes);
        return i =>
        {
            PersonalMessage.Digest(in Sample.Hashes[i], _digest);
            _ = signer.SignDigest(_digest, _rs);
        };
    }

    private Action<int> SignWithNBitcoin()
    {
        var signer = new NBitcoinSigner(Sample.KeyBytes);
        return i =>
        {
            PersonalMessage.Digest(in Sample.Hashes[i], _digest);
            _ = signer.SignDigest(_digest, _rs);
        };
    }

    private Action<int> SignWithNethereum()
    {
        var signer = new NethereumSigner(Sample.KeyBytes);
        return i =>
        {
            PersonalMessage.Digest(in Sample.Hashes[i], _digest);
            _ = signer.SignDigest(_digest, _rs);
        };
    }

    private Action<int> SignWithEcdsa()
    {
        var ecdsa = CreateEcdsa();
        return i =>
        {
            PersonalMessage.Digest(in Sample.Hashes[i], _digest);
            _ = ecdsa.SignHash(_digest, _rs);
        };
    }

    private static ECDsa CreateEcdsa()
    {
        using var key = SigningKey.FromBytes(Sample.KeyBytes);
        var publicKey = new byte[SigningKey.PublicKeySize];
        key.CopyPublicKeyTo(publicKey);
        return ECDsa.Create(new ECParameters
        {
            Curve = ECCurve.CreateFromFriendlyName(CurveName),
            D = Sample.KeyBytes,
            Q = new ECPoint { X = publicKey[..32], Y = publicKey[32..] },
        });
    }

    private static bool HasCurve()
    {
        try
        {
            using var ecdsa = CreateEcdsa();
            return true;
        }
        catch (Exception e) when (e is CryptographicException or PlatformNotSupportedException)
        {
            return false; // macOS has not this curve
        }
    }
}
