using System.CommandLine;
using System.Globalization;

namespace Dmex.Fast.Cli.Input;

/// <summary>Options that are whole numbers within limits, with errors that name the limits.</summary>
internal static class NumberOption
{
    /// <summary>An option with a default.</summary>
    /// <param name="name">With its dashes.</param>
    /// <param name="standard">The value when it is not given.</param>
    /// <param name="minimum">The smallest value that is taken.</param>
    /// <param name="maximum">The largest value that is taken.</param>
    /// <param name="description">For the help, with the unit.</param>
    public static Option<int> Create(string name, int standard, int minimum, int maximum, string description) => new(name)
    {
        HelpName = "N",
        Description = description,
        DefaultValueFactory = _ => standard,
        CustomParser = result =>
        {
            if (int.TryParse(result.Tokens[0].Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
                && value >= minimum && value <= maximum)
            {
                return value;
            }

            result.AddError($"{name} is a whole number from {minimum} to {maximum}, not '{result.Tokens[0].Value}'.");
            return standard;
        },
    };

    /// <summary>An option that is a probability, 0 unless given.</summary>
    /// <param name="name">With its dashes.</param>
    /// <param name="description">For the help.</param>
    public static Option<double> CreateProbability(string name, string description) => new(name)
    {
        HelpName = "P",
        Description = description,
        DefaultValueFactory = _ => 0,
        CustomParser = result =>
        {
            if (double.TryParse(result.Tokens[0].Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
                && value is >= 0 and <= 1)
            {
                return value;
            }

            result.AddError($"{name} is a probability from 0 to 1, not '{result.Tokens[0].Value}'.");
            return 0;
        },
    };

    /// <summary>An option that is a time in seconds, fractions too; null unless given.</summary>
    /// <param name="name">With its dashes.</param>
    /// <param name="maximum">The longest time that is taken.</param>
    /// <param name="description">For the help.</param>
    /// <param name="minimum">The shortest time that is taken.</param>
    public static Option<double?> CreateSeconds(string name, double maximum, string description, double minimum = 0.001) => new(name)
    {
        HelpName = "SECONDS",
        Description = description,
        CustomParser = result =>
        {
            if (double.TryParse(result.Tokens[0].Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
                && value >= minimum && value <= maximum)
            {
                return value;
            }

            result.AddError($"{name} is a time from {minimum} to {maximum} seconds, not '{result.Tokens[0].Value}'.");
            return null;
        },
    };
}
