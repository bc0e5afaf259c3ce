namespace Dmex.Fast.Standby.Sealing;

/// <summary>
/// Tells which sequences came before, by the highest one and a bit for each of the 64 below it (the window of RFC 4303, 3.4.3): those
/// below the window count as repeated.
/// </summary>
internal struct ReplayWindow
{
    private const int Width = 64;

    private ulong _highest;
    private ulong _seen;

    /// <summary>Notes a sequence; false when it came before, or may have.</summary>
    public bool TryNote(ulong sequence)
    {
        if (sequence > _highest)
        {
            var by = sequence - _highest;
            _seen = by >= Width ? 1 : (_seen << (int)by) | 1;
            _highest = sequence;
            return true;
        }

        var below = _highest - sequence;
        if (below >= Width || (_seen & (1UL << (int)below)) != 0)
        {
            return false;
        }

        _seen |= 1UL << (int)below;
        return true;
    }
}
