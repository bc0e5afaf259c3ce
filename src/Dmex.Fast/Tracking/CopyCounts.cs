namespace Dmex.Fast.Tracking;

/// <summary>
/// How many copies of one cancel each connection has that are being sent, or that it has not answered: four bits a connection, 1 to 16.
/// A count stays at 15, which no retry policy comes near while answers are missing. A value.
/// </summary>
internal struct CopyCounts
{
    private const int BitsPerConnection = 4;
    private const ulong Max = (1 << BitsPerConnection) - 1;

    private ulong _counts;

    /// <summary>Whether any connection has one.</summary>
    public readonly bool Any => _counts != 0;

    /// <summary>How many a connection has.</summary>
    public readonly int Of(int connectionId) => (int)((_counts >> Shift(connectionId)) & Max);

    /// <summary>One more.</summary>
    public void Add(int connectionId)
    {
        if (Of(connectionId) < (int)Max)
        {
            _counts += 1UL << Shift(connectionId);
        }
    }

    /// <summary>One less; of none, none is left.</summary>
    public void TakeOne(int connectionId)
    {
        if (Of(connectionId) > 0)
        {
            _counts -= 1UL << Shift(connectionId);
        }
    }

    /// <summary>None any more: the connection ended.</summary>
    public void Clear(int connectionId) => _counts &= ~(Max << Shift(connectionId));

    private static int Shift(int connectionId) => (connectionId - 1) * BitsPerConnection;
}
