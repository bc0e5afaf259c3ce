using Dmex.Fast.Signing;

namespace QuotingEngine;

/// <summary>An order as the venue takes it (docs/venue.md), whose members' names are written in snake case.</summary>
internal sealed record Order(OrderHash Hash, EthereumAddress UserAddress, string Price, int V, string R, string S)
{
    public EthereumAddress BaseToken { get; init; }

    public string Asset { get; init; } = "btcusd";

    public string Amount { get; init; } = "1000000000";

    public bool Side { get; init; } = true;

    public long Nonce { get; init; } = 1;

    public string Leverage { get; init; } = "1000000000";

    public bool ClosingOrder { get; init; }

    public bool Stop { get; init; }

    public string StopPrice { get; init; } = "0";

    public bool IsMarket { get; init; }

    public bool PostOnly { get; init; } = true;

    public string ReplaceHash { get; init; } = "0x" + new string('0', 64);
}
