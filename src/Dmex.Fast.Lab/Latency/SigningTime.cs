using System.Diagnostics;
using Dmex.Fast.Lab.Venues;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Lab.Latency;

/// <summary>What one signature takes as this program was compiled, checked as is the default: the best of some blocks.</summary>
internal static class SigningTime
{
    private const int Blocks = 50;
    private const int SignaturesABlock = 40;

    /// <summary>Signs for a moment; µs per signature.</summary>
    public static double Measure()
    {
        using var key = MeasuringRig.CreateKey(new byte[SigningKey.Size]);
        using var signer = new OrderSigner(key);
        var orders = OrderBatch.Random(SignaturesABlock);
        var best = double.MaxValue;
        for (var block = 0; block < Blocks; block++)
        {
            var started = Stopwatch.GetTimestamp();
            foreach (ref var order in orders.AsSpan())
            {
                signer.Sign(order, out _);
            }

            best = Math.Min(best, Stopwatch.GetElapsedTime(started).TotalMicroseconds / SignaturesABlock);
        }

        return Math.Round(best, 2);
    }
}
