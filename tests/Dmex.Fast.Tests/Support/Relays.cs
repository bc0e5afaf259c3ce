namespace Dmex.Fast.Tests.Support;

/// <summary>Relays for each <see cref="Pace"/>.</summary>
internal static class Relays
{
    public static TricklingRelay Create(Uri target, Pace pace) => pace switch
    {
        Pace.OneByte => new TricklingRelay(target, 1, 1, TimeSpan.Zero),
        Pace.Slow => new TricklingRelay(target, 61, 37, TimeSpan.FromMilliseconds(1)),
        _ => new TricklingRelay(target, 16_384, 16_384, TimeSpan.Zero),
    };
}
