using System.Buffers;
using Dmex.Fast.Standby.Deciding;
using Dmex.Fast.Standby.Links;

namespace Dmex.Fast.Standby;

/// <summary>How an engine and its standbys on other hosts are set up; the same for all of them but for the name. Read once.</summary>
public sealed class StandbyClusterOptions
{
    internal const int MaxNameLength = 32;

    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");
    private static readonly TimeSpan MinBeat = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>The name of this process among those of the book: 1 to 32 of a-z, 0-9 and '-'. No two have the same.</summary>
    public string Name { get; set; } = string.Empty;

    /// <summary>The book's name, the same for the engine and its standbys: 1 to 32 of a-z, 0-9 and '-'.</summary>
    public string Book { get; set; } = string.Empty;

    /// <summary>How often the engine beats.</summary>
    public TimeSpan Beat { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The silence that counts as the engine's end; at least ten beats.</summary>
    public TimeSpan Ttl { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>The silence after which a standby without witnesses acts; at least <see cref="Ttl"/>.</summary>
    public TimeSpan IsolatedAfter { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>What a standby does then.</summary>
    public IsolationPolicy OnIsolated { get; set; } = IsolationPolicy.Fire;

    /// <summary>
    /// What the engine does that is itself cut off from standbys and servers, from 0.8 <see cref="Ttl"/> on; standbys do not read it.
    /// </summary>
    public EngineIsolationPolicy OnEngineIsolated { get; set; } = EngineIsolationPolicy.Latch;

    /// <summary>Which orders a standby fires.</summary>
    public BookScope Scope { get; set; } = BookScope.All;

    /// <summary>
    /// How old the oldest change may be that no standby which can fire has acknowledged, before <see cref="OnLag"/> holds; known to a beat.
    /// </summary>
    public TimeSpan MaxReplicationLag { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>What the engine does then.</summary>
    public LagPolicy OnLag { get; set; } = LagPolicy.Alarm;

    /// <summary>How long the trading loop may go without <see cref="StandbyEngine.Pulse"/> before the engine stops beating.</summary>
    public TimeSpan MaxPulseGap { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// Where the engine also sends every beat by UDP, without the servers: each standby's host and port, as <c>s1.example.com:7400</c> or
    /// <c>[fd00::1]:7400</c>. Names are resolved again every half a minute. Standbys do not read it.
    /// </summary>
    public IReadOnlyList<string> UdpPeers { get; set; } = [];

    /// <summary>
    /// Where a standby listens for these: a port, or an address of its host and a port, as <c>10.0.0.7:7400</c>; null: nowhere. A datagram
    /// counts when it is authentic and newer than what was heard, and once a beat came over the link. The engine does not read it.
    /// </summary>
    public string? UdpListen { get; set; }

    /// <summary>A standby that says what it would do, fences nothing and sends nothing.</summary>
    public bool DryRun { get; set; }

    /// <summary>What is wrong with the options, each with its name and what it must be; empty when nothing is.</summary>
    public IReadOnlyList<string> GetErrors()
    {
        List<string> errors = [];
        CheckName(errors, nameof(Name), Name);
        CheckName(errors, nameof(Book), Book);
        Check(errors, Beat >= MinBeat && Beat <= Day, nameof(Beat), $"from 10 ms to a day, not {Beat}.");
        Check(errors, Ttl >= Beat * 10 && Ttl <= Day, nameof(Ttl), $"at least ten beats ({Beat * 10}) and at most a day, not {Ttl}.");
        Check(
            errors,
            IsolatedAfter >= Ttl && IsolatedAfter <= Day,
            nameof(IsolatedAfter),
            $"at least the Ttl ({Ttl}) and at most a day, not {IsolatedAfter}.");
        Check(
            errors,
            Enum.IsDefined(OnIsolated),
            nameof(OnIsolated),
            $"{IsolationPolicy.Fire} or {IsolationPolicy.Hold}, not {OnIsolated}.");
        Check(
            errors,
            Enum.IsDefined(OnEngineIsolated),
            nameof(OnEngineIsolated),
            $"{EngineIsolationPolicy.Latch} or {EngineIsolationPolicy.Alarm}, not {OnEngineIsolated}.");
        Check(errors, Scope != default, nameof(Scope), $"a scope of tags, or {nameof(BookScope)}.{nameof(BookScope.All)}.");
        Check(
            errors,
            MaxReplicationLag >= Beat && MaxReplicationLag <= Day,
            nameof(MaxReplicationLag),
            $"at least a beat ({Beat}) and at most a day, not {MaxReplicationLag}.");
        Check(errors, Enum.IsDefined(OnLag), nameof(OnLag), $"{LagPolicy.Alarm} or {LagPolicy.Refuse}, not {OnLag}.");
        Check(errors, MaxPulseGap >= MinBeat && MaxPulseGap <= Day, nameof(MaxPulseGap), $"from 10 ms to a day, not {MaxPulseGap}.");
        CheckUdp(errors);
        return errors;
    }

    /// <summary>Refuses what cannot work.</summary>
    /// <exception cref="ArgumentException">An option is wrong; the message names all that are.</exception>
    internal void Validate()
    {
        if (GetErrors() is { Count: > 0 } errors)
        {
            throw new ArgumentException(string.Join(' ', errors), errors[0][..errors[0].IndexOf(':', StringComparison.Ordinal)]);
        }
    }

    /// <summary>The options of a decision.</summary>
    internal DecisionOptions ToDecision(int servers) => new(Ttl, IsolatedAfter, OnIsolated, servers, DryRun);

    private void CheckUdp(List<string> errors)
    {
        HashSet<UdpAddress> known = [];
        foreach (var peer in UdpPeers)
        {
            if (UdpAddress.Read(peer, out var address) is { } wrong)
            {
                errors.Add($"{nameof(UdpPeers)}: {wrong}");
                continue;
            }

            Check(
                errors,
                !address.IsAny,
                nameof(UdpPeers),
                $"the address of a standby's host, not \"{peer}\", which is where one listens.");
            Check(errors, known.Add(address), nameof(UdpPeers), $"\"{peer}\" is named twice; name each standby once.");
        }

        if (UdpListen is not null && UdpAddress.ReadLocal(UdpListen, out _) is { } problem)
        {
            errors.Add($"{nameof(UdpListen)}: {problem}");
        }
    }

    private static void CheckName(List<string> errors, string option, string name) => Check(
        errors,
        name is { Length: > 0 and <= MaxNameLength } && !name.AsSpan().ContainsAnyExcept(NameCharacters),
        option,
        $"1 to 32 of a-z, 0-9 and '-', not \"{name}\".");

    private static void Check(List<string> errors, bool holds, string option, string expected)
    {
        if (!holds)
        {
            errors.Add($"{option}: {expected}");
        }
    }
}
