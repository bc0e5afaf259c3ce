namespace Dmex.Fast.Tests.Proofs.ExhaustiveGroup;

/// <summary>A point of <see cref="SmallCurve"/>, or infinity.</summary>
internal readonly record struct SmallPoint(int X, int Y, bool IsInfinity)
{
    public static readonly SmallPoint Infinity = new(0, 0, IsInfinity: true);
}

/// <summary>y² = x³ + 7 over a small prime field: all of its points by trying, and the affine group law.</summary>
internal sealed class SmallCurve
{
    private readonly int _prime;

    public SmallCurve(int prime)
    {
        _prime = prime;
        var points = new List<SmallPoint> { SmallPoint.Infinity };
        for (var x = 0; x < prime; x++)
        {
            for (var y = 0; y < prime; y++)
            {
                if (Mod(y * y) == Mod((x * x * x) + 7))
                {
                    points.Add(new(x, y, IsInfinity: false));
                }
            }
        }

        Points = points;
    }

    public IReadOnlyList<SmallPoint> Points { get; }

    public SmallPoint Negate(SmallPoint p) => p.IsInfinity ? p : p with { Y = Mod(-p.Y) };

    public SmallPoint Add(SmallPoint p, SmallPoint q)
    {
        if (p.IsInfinity || q.IsInfinity)
        {
            return p.IsInfinity ? q : p;
        }

        if (p.X == q.X && p.Y != q.Y)
        {
            return SmallPoint.Infinity;
        }

        var slope = p.X == q.X ? Mod(3 * p.X * p.X) * Inverse(2 * p.Y) : Mod(q.Y - p.Y) * Inverse(q.X - p.X);
        slope = Mod(slope);
        var x = Mod((slope * slope) - p.X - q.X);
        return new(x, Mod((slope * (p.X - x)) - p.Y), IsInfinity: false);
    }

    public SmallPoint Multiply(SmallPoint p, int k)
    {
        var sum = SmallPoint.Infinity;
        for (var i = 0; i < Math.Abs(k); i++)
        {
            sum = Add(sum, p);
        }

        return k < 0 ? Negate(sum) : sum;
    }

    private int Inverse(int value)
    {
        // Never 0 here: no point has order 2, and equal x are handled before.
        var inverse = 1;
        while (Mod(value) * inverse % _prime != 1)
        {
            inverse++;
        }

        return inverse;
    }

    private int Mod(int value) => ((value % _prime) + _prime) % _prime;
}
