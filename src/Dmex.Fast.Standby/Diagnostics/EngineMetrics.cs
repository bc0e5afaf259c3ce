using System.Globalization;

namespace Dmex.Fast.Standby.Diagnostics;

/// <summary>
/// The metrics of one engine, for listeners of <see cref="StandbyInstruments"/>. Thread-safe; read when metrics are collected alone.
/// </summary>
internal sealed class EngineMetrics : IDisposable
{
    private static readonly string[] Touches =
        [.. Enum.GetNames<EngineTouch>().Select(name => name.ToLowerInvariant())];

    private readonly StandbyEngine _engine;
    private readonly TimeSpan _ttl;

    public EngineMetrics(StandbyClusterOptions options, StandbyEngine engine)
    {
        _engine = engine;
        _ttl = options.Ttl;
        Book = new("dmex.standby.book", options.Book);
        Member = new("dmex.standby.name", options.Name);
        StandbyInstruments.Add(this);
    }

    public KeyValuePair<string, object?> Book { get; }

    public KeyValuePair<string, object?> Member { get; }

    public static string NameOf(EngineTouch touch) => Touches[(int)touch];

    public static string IdOf(StandbyView standby) => standby.Id.ToString("x16", CultureInfo.InvariantCulture);

    public StandbyEngineState Read() => _engine.State;

    public IReadOnlyList<StandbyView> ReadStandbys() => _engine.Standbys;

    public bool IsAble(StandbyView standby) => standby.CanFire && standby.Silent < _ttl;

    public void Dispose() => StandbyInstruments.Remove(this);
}
