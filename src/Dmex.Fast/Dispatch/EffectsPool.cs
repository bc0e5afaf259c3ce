using Dmex.Fast.Tracking;

namespace Dmex.Fast.Dispatch;

/// <summary>
/// Each thread's effects, in the order of nesting: carrying one out may bring the next event on the same thread, such as the outcome
/// of a copy. A thread allocates some when it first meets a tracker, and none later.
/// </summary>
internal static class EffectsPool
{
    private const int Depth = 4;

    [ThreadStatic]
    private static TrackerEffects[]? _stack;

    [ThreadStatic]
    private static int _depth;

    /// <summary>Takes empty effects. Given back by the same thread, the last taken first.</summary>
    public static TrackerEffects Rent()
    {
        _stack ??= [.. Enumerable.Range(0, Depth).Select(_ => new TrackerEffects())];
        if (_depth == _stack.Length)
        {
            Array.Resize(ref _stack, 2 * _depth);
            for (var i = _depth; i < _stack.Length; i++)
            {
                _stack[i] = new TrackerEffects();
            }
        }

        return _stack[_depth++];
    }

    /// <summary>Gives effects back that were carried out.</summary>
    public static void Return(TrackerEffects effects)
    {
        effects.Clear();
        _depth--;
    }
}
