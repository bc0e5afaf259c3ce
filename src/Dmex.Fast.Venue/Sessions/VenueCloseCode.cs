using Dmex.Fast.Venue.Faults;

namespace Dmex.Fast.Venue.Sessions;

/// <summary>Which codes may stand in a close frame (RFC 6455 §7.4 and the IANA registry).</summary>
internal static class VenueCloseCode
{
    public const int NormalClosure = 1000;
    public const int GoingAway = 1001;
    public const int PolicyViolation = 1008;
    public const int MessageTooBig = 1009;

    public static int Require(int code, string parameterName) =>
        OptionValue.Require(
            code,
            code is >= 1000 and <= 4999 and not (1004 or 1005 or 1006 or 1015),
            "a close code from 1000 to 4999, without 1004, 1005, 1006 and 1015",
            parameterName);
}
