using System.Diagnostics;

namespace Dmex.Fast.Tracking;

/// <summary>
/// Counts the cancels of an account against its rate: a token bucket, and a reserve that only panics may use and that is filled by what
/// the bucket does not hold: together they give no more than the rate. Both begin full and are filled when they are asked. Times are
/// ticks of <see cref="Stopwatch"/>. Nothing is allocated. Not thread-safe.
/// </summary>
internal sealed class AccountRateLimiter
{
    // A panic asks again well within it.
    private static readonly long Hold = Stopwatch.Frequency / 50;

    private readonly double _perSecond;
    private readonly double _burst;
    private readonly double _reserveSize;
    private double _tokens;
    private double _reserve;
    private long _filledAt;
    private long _heldUntil;

    public AccountRateLimiter(RateBudgetOptions options)
    {
        _perSecond = options.FramesPerSecond;
        _burst = options.Burst;
        _reserveSize = options.PanicReserve;
        _tokens = _burst;
        _reserve = _reserveSize;
    }

    /// <summary>How long one frame takes to come back.</summary>
    public long Period => (long)Math.Ceiling(Stopwatch.Frequency / _perSecond);

    /// <summary>Takes so many, or none; then says when there are enough, which is never for more than the bucket holds.</summary>
    public bool TryTake(int frames, long now, out long askAgainAt)
    {
        Refill(now);
        if (IsHeld(now, out askAgainAt))
        {
            return false;
        }

        if (_tokens >= frames)
        {
            _tokens -= frames;
            askAgainAt = 0;
            return true;
        }

        var missing = (frames - _tokens) / _perSecond * Stopwatch.Frequency;
        askAgainAt = frames > _burst ? long.MaxValue : now + Math.Max(1, (long)Math.Ceiling(missing));
        return false;
    }

    /// <summary>Whether everything but the first copies of a panic waits, and until when.</summary>
    public bool IsHeld(long now, out long until)
    {
        until = _heldUntil;
        return now < until;
    }

    /// <summary>Takes as many as there are, up to so many, the reserve last.</summary>
    public int TakeForPanic(int most, long now)
    {
        Refill(now);
        var ordinary = (int)Math.Clamp(_tokens, 0, most);
        _tokens -= ordinary;
        var reserved = (int)Math.Min(_reserve, most - ordinary);
        _reserve -= reserved;
        return ordinary + reserved;
    }

    /// <summary>
    /// Ends what <see cref="TakeForPanic"/> began: returns what was not used. When there was too little for the panic, everything else
    /// waits until it asks again: callers that ask more often would take all tokens that arrive in between.
    /// </summary>
    /// <param name="wanted">What was asked for.</param>
    /// <param name="taken">What there was.</param>
    /// <param name="used">What was needed of it.</param>
    /// <param name="copies">Frames for each order: fewer are of no use.</param>
    /// <param name="now">The time.</param>
    public void SettlePanic(int wanted, int taken, int used, int copies, long now)
    {
        GiveBack(taken - used);
        _heldUntil = taken < wanted && taken - used < copies ? now + Hold : 0;
    }

    /// <summary>Returns what a panic took and did not use, the reserve first.</summary>
    public void GiveBack(int frames) => Add(Math.Min(frames, _reserveSize - _reserve), frames);

    private void Refill(long now)
    {
        if (_filledAt != 0)
        {
            var fresh = (double)Math.Max(0, now - _filledAt) / Stopwatch.Frequency * _perSecond;
            Add(Math.Max(0, _tokens + fresh - _burst), fresh);
        }

        _filledAt = Math.Max(_filledAt, now);
    }

    private void Add(double toReserve, double all)
    {
        _reserve = Math.Min(_reserveSize, _reserve + toReserve);
        _tokens = Math.Min(_burst, _tokens + all - toReserve);
    }
}
