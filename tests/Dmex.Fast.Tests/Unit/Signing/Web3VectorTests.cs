using System.Text.Json;
using Dmex.Fast.Signing;
using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.Unit.Signing;

/// <summary>Signatures that web3.js made, byte for byte: r, s and v.</summary>
public sealed class Web3VectorTests(ITestOutputHelper output)
{
    [Fact]
    public void Every_signature_of_web3_js_comes_out_byte_for_byte()
    {
        var count = 0;
        var leadingZeros = 0;
        foreach (var line in File.ReadLines(Repository.Vector("web3-signatures.jsonl")))
        {
            using var document = JsonDocument.Parse(line);
            var entry = document.RootElement;
            var name = entry.GetProperty("case").GetString();
            var hash = OrderHash.Parse(entry.GetProperty("hash").GetString()!);
            using var key = SigningKey.Parse(entry.GetProperty("key").GetString().AsSpan());
            var signature = Kernels.SignWithEach(key, in hash);

            var r = entry.GetProperty("r").GetString()!;
            var s = entry.GetProperty("s").GetString()!;
            Assert.Equal(
                $"{name}: {entry.GetProperty("v").GetInt32()} {r} {s}",
                $"{name}: {signature.V} 0x{Convert.ToHexStringLower(signature.R)} 0x{Convert.ToHexStringLower(signature.S)}");
            var address = SignerRecovery.RecoverAddress(in hash, in signature);
            Assert.Equal(key.Address, address);
            count++;
            leadingZeros += signature.R[0] == 0 || signature.S[0] == 0 ? 1 : 0;
        }

        output.WriteLine($"{count} signatures, {leadingZeros} with a leading zero byte in r or s");
        Assert.True(count >= 1_000);
        Assert.True(leadingZeros >= 40);
    }
}
