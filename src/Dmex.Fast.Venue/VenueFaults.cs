using System.Runtime.CompilerServices;
using Dmex.Fast.Venue.Faults;
using Dmex.Fast.Venue.Sessions;

namespace Dmex.Fast.Venue;

/// <summary>
/// What goes wrong at the venue, as one immutable set; <see cref="SimulatedVenue.Faults"/> can be replaced at run time
/// (<c>venue.Faults = venue.Faults with { NeverAnswer = false }</c>). Whether a fault strikes a message depends on
/// <see cref="Seed"/>, the connection's number and the message's number on that connection alone, so the same traffic
/// meets the same faults. Probabilities are from 0 (never, the default) to 1 (always).
/// </summary>
public sealed record VenueFaults
{
    /// <summary>No faults.</summary>
    public static VenueFaults None { get; } = new();

    /// <summary>The seed of all choices.</summary>
    public int Seed { get; init; }

    /// <summary>The shortest delay of a reply.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or above one hour.</exception>
    public TimeSpan MinDelay { get; init => field = Delay(value); }

    /// <summary>The longest delay of a reply; each reply's delay is drawn evenly between the two.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or above one hour.</exception>
    public TimeSpan MaxDelay { get; init => field = Delay(value); }

    /// <summary>
    /// Whether delayed replies may overtake each other. Without a delay, each reply is then held back for up to 5 ms.
    /// Otherwise the replies of a connection keep the order of their messages.
    /// </summary>
    public bool ReorderReplies { get; init; }

    /// <summary>The probability that a message is acted upon and its reply dropped.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not from 0 to 1.</exception>
    public double DropReplyProbability { get; init => field = Probability(value); }

    /// <summary>The probability that a message is lost before it is acted upon.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not from 0 to 1.</exception>
    public double LoseRequestProbability { get; init => field = Probability(value); }

    /// <summary>The probability that a reply is sent twice.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not from 0 to 1.</exception>
    public double DuplicateReplyProbability { get; init => field = Probability(value); }

    /// <summary>
    /// The probability that the connection is closed in an orderly way instead of a reply. In half of the cases the
    /// message was acted upon before, in the other half it is lost.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not from 0 to 1.</exception>
    public double CloseProbability { get; init => field = Probability(value); }

    /// <summary>The close code of <see cref="CloseProbability"/>; 1012 (service restart) unless set.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value cannot stand in a close frame (RFC 6455 §7.4).</exception>
    public int CloseCode { get; init => field = VenueCloseCode.Require(value, nameof(CloseCode)); } = 1012;

    /// <summary>The probability that the connection is reset (RST) instead of a reply; acted upon in half of the cases.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not from 0 to 1.</exception>
    public double ResetProbability { get; init => field = Probability(value); }

    /// <summary>
    /// The probability that garbage precedes the reply: text that is not JSON, JSON of wrong types, deep nesting, binary.
    /// The reply itself still follows.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not from 0 to 1.</exception>
    public double GarbageProbability { get; init => field = Probability(value); }

    /// <summary>The probability that a message is answered with <c>busy</c> and changes nothing.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not from 0 to 1.</exception>
    public double BusyProbability { get; init => field = Probability(value); }

    /// <summary>The probability that an open order is filled just before its cancel is looked at.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not from 0 to 1.</exception>
    public double FillRaceProbability { get; init => field = Probability(value); }

    /// <summary>Whether messages are acted upon but never answered.</summary>
    public bool NeverAnswer { get; init; }

    /// <summary>Whether everything is sent in several fragments (RFC 6455 §5.4).</summary>
    public bool FragmentReplies { get; init; }

    /// <summary>
    /// Whether the venue stops reading: connections stay open, nothing is answered, pings neither, and the client's send
    /// window fills up in the end. Reading goes on where it stopped once the fault is healed.
    /// </summary>
    public bool StopReading { get; init; }

    /// <summary>The probability that an open order's cancel is answered as confirmed, and the order left open.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not from 0 to 1.</exception>
    public double LieProbability { get; init => field = Probability(value); }

    /// <summary>How far the list of open orders lags behind what is so.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or above one hour.</exception>
    public TimeSpan ListLag { get; init => field = Delay(value); }

    /// <summary>Whether the list of open orders stays as it was when this was switched on.</summary>
    public bool StaleList { get; init; }

    /// <summary>How long a list of open orders is held back.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or above one hour.</exception>
    public TimeSpan ListDelay { get; init => field = Delay(value); }

    /// <summary>The probability that a list of open orders is cut off in its middle.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not from 0 to 1.</exception>
    public double CutListProbability { get; init => field = Probability(value); }

    /// <summary>The probability that a list of open orders holds an order of another user.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not from 0 to 1.</exception>
    public double ForeignRowProbability { get; init => field = Probability(value); }

    /// <summary>The probability that a list of open orders is answered with HTTP status 500.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not from 0 to 1.</exception>
    public double ListErrorProbability { get; init => field = Probability(value); }

    /// <summary>How all lists of open orders are refused; null serves them.</summary>
    public VenueRefusal? RefuseList { get; init; }

    /// <summary>How handshakes are refused; null accepts them.</summary>
    public VenueRefusal? RefuseHandshake { get; init; }

    /// <summary>Checks what only holds for the set as a whole.</summary>
    internal void Validate(string parameterName)
    {
        if (MinDelay > MaxDelay)
        {
            throw new ArgumentException($"MinDelay ({MinDelay}) must not be above MaxDelay ({MaxDelay}).", parameterName);
        }
    }

    private static double Probability(double value, [CallerMemberName] string name = "") =>
        OptionValue.Require(value, value is >= 0 and <= 1, "a probability from 0 to 1", name);

    private static TimeSpan Delay(TimeSpan value, [CallerMemberName] string name = "") =>
        OptionValue.Require(value, value >= TimeSpan.Zero && value <= TimeSpan.FromHours(1), "a delay from zero to one hour", name);
}
