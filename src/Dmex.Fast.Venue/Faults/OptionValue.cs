using System.Runtime.CompilerServices;

namespace Dmex.Fast.Venue.Faults;

/// <summary>The one way in which an option refuses a value: by its own name, the value, and the expected form.</summary>
internal static class OptionValue
{
    public static T Require<T>(T value, bool isValid, string expected, [CallerMemberName] string name = "") =>
        isValid ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} is {expected}.");
}
