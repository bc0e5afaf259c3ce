namespace Dmex.Fast;

/// <summary>Whether an order buys or sells.</summary>
public enum OrderSide
{
    /// <summary>It sells; the venue writes <c>false</c>.</summary>
    Sell,

    /// <summary>It buys; the venue writes <c>true</c>.</summary>
    Buy,
}
