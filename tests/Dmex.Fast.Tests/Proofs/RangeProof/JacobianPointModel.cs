namespace Dmex.Fast.Tests.Proofs.RangeProof;

/// <summary>
/// The formulas of <see cref="Dmex.Fast.Signing.Curve.JacobianPoint"/> on intervals, with the magnitudes that the code claims in brackets.
/// </summary>
internal sealed record JacobianPointModel(FieldElementModel X, FieldElementModel Y, FieldElementModel Z)
{
    /// <summary>Every point between operations.</summary>
    public static JacobianPointModel Any =>
        new(FieldElementModel.OfMagnitude(5), FieldElementModel.OfMagnitude(4), FieldElementModel.OfMagnitude(1));

    /// <summary>This, which is claimed to be as points are between operations.</summary>
    public JacobianPointModel Claim(string what)
    {
        _ = X.Claim(5, what + ", X");
        _ = Y.Claim(4, what + ", Y");
        _ = Z.Claim(1, what + ", Z");
        return this;
    }

    public JacobianPointModel AddAffine(FieldElementModel x, FieldElementModel y)
    {
        var zz = Z.Square();
        var u = FieldElementModel.Multiply(x, zz);
        var s = FieldElementModel.Multiply(zz, Z);
        s = FieldElementModel.Multiply(s, y);
        var h = u.Subtract(X, 5).Claim(7, "H");
        var r = s.Subtract(Y, 4).Claim(6, "R");
        var z3 = FieldElementModel.Multiply(Z, h);
        var hh = h.Square();
        h = FieldElementModel.Multiply(h, hh).Claim(1, "H³");
        var v = FieldElementModel.Multiply(X, hh).Claim(1, "V");
        u = r.Square();
        s = v.Times(2);
        s = (s + h).Claim(3, "2V + H³");
        var x3 = u.Subtract(s, 3).Claim(5, "X3");
        v = v.Subtract(x3, 5).Claim(7, "V - X3");
        v = FieldElementModel.Multiply(v, r);
        h = FieldElementModel.Multiply(h, Y);
        return new(x3, v.Subtract(h, 1).Claim(3, "Y3"), z3);
    }

    public JacobianPointModel Double()
    {
        var z3 = FieldElementModel.Multiply(Z, Y);
        z3 = z3.Times(2).Claim(2, "Z3").NormalizeWeak();
        var b = Y.Square();
        var d = FieldElementModel.Multiply(X, b);
        d = d.Times(4).Claim(4, "D");
        var e = X.Square();
        e = e.Times(3).Claim(3, "E");
        var x3 = e.Square();
        var twice = d.Times(2).Claim(8, "2D");
        x3 = x3.Subtract(twice, 8).Claim(10, "X3").NormalizeWeak();
        d = d.Subtract(x3, 1).Claim(6, "D - X3");
        d = FieldElementModel.Multiply(d, e);
        b = b.Square();
        b = b.Times(8).Claim(8, "8 B²");
        return new(x3, d.Subtract(b, 8).Claim(10, "Y3").NormalizeWeak(), z3);
    }

    /// <summary>The branch for two different points; both others end in <see cref="Double"/> or a constant.</summary>
    public JacobianPointModel AddVarTime(JacobianPointModel q)
    {
        var zz1 = Z.Square();
        var zz2 = q.Z.Square();
        var u1 = FieldElementModel.Multiply(X, zz2);
        var u2 = FieldElementModel.Multiply(q.X, zz1);
        var s1 = FieldElementModel.Multiply(Y, q.Z);
        s1 = FieldElementModel.Multiply(s1, zz2);
        var s2 = FieldElementModel.Multiply(q.Y, Z);
        s2 = FieldElementModel.Multiply(s2, zz1);
        _ = u1.Subtract(u2, 15).Claim(31, "compared").Normalize();
        var h = u2.Subtract(u1, 1).Claim(3, "H");
        var r = s2.Subtract(s1, 1).Claim(3, "R");
        var z3 = FieldElementModel.Multiply(Z, q.Z);
        z3 = FieldElementModel.Multiply(z3, h);
        var hh = h.Square();
        h = FieldElementModel.Multiply(h, hh);
        var v = FieldElementModel.Multiply(u1, hh);
        var x3 = r.Square();
        u2 = v.Times(2);
        u2 = (u2 + h).Claim(3, "2V + H³");
        x3 = x3.Subtract(u2, 3).Claim(5, "X3");
        v = v.Subtract(x3, 5).Claim(7, "V - X3");
        v = FieldElementModel.Multiply(v, r);
        h = FieldElementModel.Multiply(h, s1);
        return new(x3, v.Subtract(h, 1).Claim(3, "Y3"), z3);
    }
}
