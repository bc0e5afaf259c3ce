namespace Dmex.Fast.Standby.Events;

/// <summary>
/// Calls handlers of the user's on a thread of the pool: they hold up neither a beat nor a link, and what they throw stays there.
/// </summary>
internal static class UserHandlers
{
    /// <summary>Raises an event; returns at once.</summary>
    public static void Raise(EventHandler? handlers, object sender)
    {
        if (handlers is not null)
        {
            Call(() => handlers(sender, EventArgs.Empty));
        }
    }

    /// <inheritdoc cref="Raise(EventHandler?, object)"/>
    public static void Raise<T>(EventHandler<T>? handlers, object sender, T arguments)
        where T : EventArgs
    {
        if (handlers is not null)
        {
            Call(() => handlers(sender, arguments));
        }
    }

    private static void Call(Action handlers) => _ = ThreadPool.UnsafeQueueUserWorkItem(
        static handlers =>
        {
            try
            {
                handlers();
            }
#pragma warning disable CA1031 // What a handler throws stays with it.
            catch
            {
            }
#pragma warning restore CA1031
        },
        handlers,
        preferLocal: false);
}
