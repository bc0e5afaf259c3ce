namespace Dmex.Fast.Standby;

/// <summary>A standby as the engine knows it by its latest acknowledgement. An immutable value.</summary>
/// <param name="Id">Of its name.</param>
/// <param name="Watermark">Every change up to this one is held by it.</param>
/// <param name="CanFire">Whether it said that it can fire: its venue connection answers, and it is no dry run.</param>
/// <param name="Silent">How long ago that was.</param>
public readonly record struct StandbyView(ulong Id, ulong Watermark, bool CanFire, TimeSpan Silent);
