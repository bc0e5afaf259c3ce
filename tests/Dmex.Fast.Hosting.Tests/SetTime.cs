namespace Dmex.Fast.Hosting.Tests;

/// <summary>A clock that says what it was set to.</summary>
internal sealed class SetTime : TimeProvider
{
    private DateTimeOffset _now;
    private readonly Lock _lock = new();

    public DateTimeOffset Now
    {
        get
        {
            lock (_lock)
            {
                return _now;
            }
        }
        set
        {
            lock (_lock)
            {
                _now = value;
            }
        }
    }

    public override DateTimeOffset GetUtcNow() => Now;
}
