namespace QuotingEngine;

/// <summary>What is quoted, and where orders are made.</summary>
internal sealed class QuotingOptions
{
    /// <summary>Price levels; there is one order at each.</summary>
    public int Levels { get; set; } = 4;

    /// <summary>After which time each order is replaced.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Where orders are made.</summary>
    public required Uri OrderUrl { get; set; }
}
