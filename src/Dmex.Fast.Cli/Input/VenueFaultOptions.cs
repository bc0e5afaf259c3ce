using System.CommandLine;
using Dmex.Fast.Venue;

namespace Dmex.Fast.Cli.Input;

/// <summary>The faults that <c>dmex venue</c> can be told to have, a part of <see cref="VenueFaults"/>.</summary>
internal sealed class VenueFaultOptions
{
    private readonly Option<int> _seed = NumberOption.Create(
        "--seed", 0, int.MinValue, int.MaxValue, "Seed of the faults: the same traffic meets the same faults.");

    private readonly Option<int> _delay = NumberOption.Create("--delay", 0, 0, 3_600_000, "Milliseconds that every reply is held back.");

    private readonly Option<int> _jitter = NumberOption.Create(
        "--jitter", 0, 0, 3_600_000, "Milliseconds, drawn for each reply from 0 to this, on top of --delay.");

    private readonly Option<double> _drop = NumberOption.CreateProbability("--drop-replies",
        "Probability that a cancel is acted upon and its reply dropped.");
    private readonly Option<double> _duplicate = NumberOption.CreateProbability("--duplicate-replies",
        "Probability that a reply is sent twice.");
    private readonly Option<double> _garbage = NumberOption.CreateProbability("--garbage", "Probability that garbage precedes a reply.");
    private readonly Option<double> _close = NumberOption.CreateProbability("--close",
        "Probability that the connection is closed instead of a reply.");
    private readonly Option<double> _reset = NumberOption.CreateProbability("--reset",
        "Probability that the connection is reset instead of a reply.");

    private readonly Option<bool> _neverAnswer = new("--never-answer") { Description = "Act upon cancels but never answer." };
    private readonly Option<double> _lie = NumberOption.CreateProbability("--lie",
        "Probability that a cancel is confirmed and its order left open.");
    private readonly Option<int> _listLag = NumberOption.Create(
        "--list-lag", 0, 0, 3_600_000, "Milliseconds by which the list of open orders lags behind.");
    private readonly Option<int> _listDelay = NumberOption.Create(
        "--list-delay", 0, 0, 3_600_000, "Milliseconds that every list is held back.");
    private readonly Option<bool> _listStale = new("--list-stale") { Description = "The list stays as it was at the start." };
    private readonly Option<double> _listCut = NumberOption.CreateProbability("--list-cut", "Probability that a list ends before its end.");
    private readonly Option<double> _listForeign = NumberOption.CreateProbability("--list-foreign",
        "Probability that a list holds another user's order.");
    private readonly Option<int> _listStatus = NumberOption.Create(
        "--list-status", 0, 400, 599, "HTTP status in place of every list, with a Retry-After of 2 s where it is 429 or 503.");

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        Option[] all =
        [
            _delay, _jitter, _drop, _duplicate, _garbage, _close, _reset, _neverAnswer, _lie, _listLag, _listDelay, _listStale, _listCut,
            _listForeign, _listStatus, _seed,
        ];
        foreach (var option in all)
        {
            command.Add(option);
        }
    }

    /// <summary>The faults that the command line asks for.</summary>
    public VenueFaults Read(ParseResult parsed) => new()
    {
        Seed = parsed.GetValue(_seed),
        MinDelay = TimeSpan.FromMilliseconds(parsed.GetValue(_delay)),
        MaxDelay = TimeSpan.FromMilliseconds(Math.Min(3_600_000, (long)parsed.GetValue(_delay) + parsed.GetValue(_jitter))),
        DropReplyProbability = parsed.GetValue(_drop),
        DuplicateReplyProbability = parsed.GetValue(_duplicate),
        GarbageProbability = parsed.GetValue(_garbage),
        CloseProbability = parsed.GetValue(_close),
        ResetProbability = parsed.GetValue(_reset),
        NeverAnswer = parsed.GetValue(_neverAnswer),
        LieProbability = parsed.GetValue(_lie),
        ListLag = TimeSpan.FromMilliseconds(parsed.GetValue(_listLag)),
        ListDelay = TimeSpan.FromMilliseconds(parsed.GetValue(_listDelay)),
        StaleList = parsed.GetValue(_listStale),
        CutListProbability = parsed.GetValue(_listCut),
        ForeignRowProbability = parsed.GetValue(_listForeign),
        RefuseList = parsed.GetValue(_listStatus) is var status and > 0
            ? new VenueRefusal { StatusCode = status, RetryAfter = status is 429 or 503 ? TimeSpan.FromSeconds(2) : null }
            : null,
    };
}
