namespace Dmex.Fast.Tracking;

/// <summary>Where a cancel waits for its next copy, or for the next look at its copies.</summary>
internal enum CopyQueue : byte
{
    /// <summary>Nowhere: only an answer or a caller moves it on.</summary>
    None,

    /// <summary>For a time.</summary>
    Timer,

    /// <summary>For the retry budget, first come first served.</summary>
    Budget,

    /// <summary>For the account's rate, first come first served.</summary>
    Rate,

    /// <summary>For a connection to be ready.</summary>
    Connection,
}
