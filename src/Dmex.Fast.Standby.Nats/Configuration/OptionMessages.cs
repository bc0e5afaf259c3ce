namespace Dmex.Fast.Standby.Nats.Configuration;

/// <summary>What is wrong with options, each message beginning with the option's name and a colon.</summary>
internal static class OptionMessages
{
    /// <exception cref="ArgumentException">There are any; each is on a line, and the parameter is the first option.</exception>
    public static void ThrowIfAny(IReadOnlyList<string> messages)
    {
        if (messages.Count > 0)
        {
            var first = messages[0].Split(':')[0];
            throw new ArgumentException(string.Join('\n', messages), first);
        }
    }
}
