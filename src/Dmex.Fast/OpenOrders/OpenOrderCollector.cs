using System.Text;

namespace Dmex.Fast.OpenOrders;

/// <summary>Keeps the open orders of a list with all their fields. Not thread-safe.</summary>
internal sealed class OpenOrderCollector : IOpenOrderSink
{
    private const int MaxAssets = 1024;

    // A list names few markets, each many times.
    private readonly Dictionary<string, string> _assets = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> _assetsByText;

    public OpenOrderCollector() => _assetsByText = _assets.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The orders, as the venue lists them.</summary>
    public List<OpenOrder> Orders { get; } = [];

    /// <inheritdoc/>
    public void Add(in OpenOrderRow row, ReadOnlySpan<byte> json) => Orders.Add(new OpenOrder
    {
        Hash = row.Hash,
        Asset = AssetOf(row.Asset),
        Side = row.IsBuy ? OrderSide.Buy : OrderSide.Sell,
        Price = row.Price,
        Amount = row.Amount,
        Remaining = row.Remaining,
        IsStop = row.IsStop,
        Created = row.Created,
        RawJson = json.ToArray(),
    });

    private string AssetOf(ReadOnlySpan<byte> utf8)
    {
        Span<char> text = stackalloc char[64];
        if (utf8.Length > text.Length)
        {
            return Encoding.UTF8.GetString(utf8);
        }

        text = text[..Encoding.UTF8.GetChars(utf8, text)];
        if (_assetsByText.TryGetValue(text, out var known))
        {
            return known;
        }

        var asset = text.ToString();
        if (_assets.Count < MaxAssets)
        {
            _assets.Add(asset, asset);
        }

        return asset;
    }
}
