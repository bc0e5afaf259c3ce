namespace Dmex.Fast.OpenOrders;

/// <summary>The fields that every order of a list must have, as bits.</summary>
[Flags]
internal enum OpenOrderFields
{
    None = 0,
    Hash = 1,
    User = 2,
    Asset = 4,
    Side = 8,
    Price = 16,
    Amount = 32,
    Remaining = 64,
    Stop = 128,
    Closed = 256,
    Created = 512,
    All = 1023,
}
