using System.Text.RegularExpressions;

namespace Dmex.Fast.Cli.Output;

/// <summary>Writes errors to stderr: what went wrong, then what to do about it.</summary>
internal static partial class ErrorText
{
    /// <summary>Prints an error and its remedy.</summary>
    public static void Write(string message, string remedy)
    {
        Console.Error.WriteLine($"dmex: {Redact(message)}");
        Console.Error.WriteLine($"      {Redact(remedy)}");
    }

    /// <summary>
    /// Hides runs of 60 hex digits or more: a key, or one that lost a digit or two in copying. Somebody may type a private key where it does not belong; it must not be
    /// repeated into a log, and a key looks like any order hash.
    /// </summary>
    public static string Redact(string text) => LongHex().Replace(text, "(hex digits, not shown)");

    [GeneratedRegex("(0[xX])?[0-9a-fA-F]{60,}", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex LongHex();
}
