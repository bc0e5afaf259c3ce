namespace Dmex.Fast.Options;

/// <summary>Collects everything that is wrong with a set of options, so that one look names all of it.</summary>
/// <remarks>Not thread-safe.</remarks>
internal sealed class OptionErrors
{
    private readonly List<string> _messages = [];
    private string? _first;

    /// <summary>Each names its option and the expected form; empty while nothing is wrong.</summary>
    public IReadOnlyList<string> Messages => _messages;

    /// <summary>Adds a wrong option.</summary>
    /// <param name="option">Its name, with those of its groups: <c>Retry.AckTimeout</c>.</param>
    /// <param name="expected">The expected form, and what was found.</param>
    public void Add(string option, string expected)
    {
        _first ??= option;
        _messages.Add($"{option}: {expected}");
    }

    /// <summary>Adds what a check by exceptions finds, if anything.</summary>
    /// <param name="option">The option that it checks.</param>
    /// <param name="check">Throws an <see cref="ArgumentException"/> for a wrong value.</param>
    public void AddThrown(string option, Action check)
    {
        try
        {
            check();
        }
        catch (ArgumentException error)
        {
            // The parameter that Message appends is the option, which precedes it already.
            var suffix = error.ParamName is null ? string.Empty : $" (Parameter '{error.ParamName}')";
            var text = suffix.Length > 0 && error.Message.EndsWith(suffix, StringComparison.Ordinal)
                ? error.Message[..^suffix.Length]
                : error.Message;
            Add(option, text);
        }
    }

    /// <summary>A time above zero and at most a day.</summary>
    public void Positive(TimeSpan value, string option)
    {
        if (value <= TimeSpan.Zero || value > TimeSpan.FromDays(1))
        {
            Add(option, $"a time above zero and at most a day, not {value}.");
        }
    }

    /// <summary>A time of zero or more and at most a day.</summary>
    public void NotNegative(TimeSpan value, string option)
    {
        if (value < TimeSpan.Zero || value > TimeSpan.FromDays(1))
        {
            Add(option, $"a time of zero or more and at most a day, not {value}.");
        }
    }

    /// <summary>A number in a range, both ends included.</summary>
    public void Between(long value, long min, long max, string option)
    {
        if (value < min)
        {
            Add(option, $"at least {min}, not {value}.");
        }
        else if (value > max)
        {
            Add(option, $"at most {max}, not {value}.");
        }
    }

    /// <summary>Whether a value is there; a missing one is added.</summary>
    public bool IsThere([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] object? value, string option)
    {
        if (value is null)
        {
            Add(option, "a value, not null.");
        }

        return value is not null;
    }

    /// <summary>Throws when anything was added.</summary>
    /// <exception cref="ArgumentException">Everything that was added, each on a line; its parameter is the first option.</exception>
    public void ThrowIfAny()
    {
        if (_messages.Count == 1)
        {
            throw new ArgumentException(_messages[0], _first);
        }

        if (_messages.Count > 1)
        {
            throw new ArgumentException($"{_messages.Count} options are wrong:\n  {string.Join("\n  ", _messages)}\n", _first);
        }
    }
}
