namespace Dmex.Fast.WebSockets;

/// <summary>Which close codes may stand in a close frame.</summary>
internal static class CloseCodeRules
{
    /// <summary>
    /// True for 1000–1003, 1007–1014 and 3000–4999. 1004 is reserved, 1005, 1006 and 1015 describe events without a
    /// frame (RFC 6455 §7.4.1), 1016–2999 are kept for the protocol itself and 5000 up is undefined (§7.4.2).
    /// </summary>
    public static bool IsValidOnWire(CloseCode code) =>
        (int)code is (>= 1000 and <= 1003) or (>= 1007 and <= 1014) or (>= 3000 and <= 4999);
}
