using System.Text.RegularExpressions;

namespace Dmex.Fast.Cli.Output;

/// <summary>Writes errors to stderr: what went wrong, then what to do about it.</summary>
internal static partial class ErrorText
{
    // What the library calls it, and what it is called here.
    private static readonly (string Option, string Flag)[] Names =
    [
        ($"{nameof(DmexClientOptions.OpenOrders)}.{nameof(OpenOrdersOptions.Endpoint)}:", "--list-url:"),
        ($"{nameof(OpenOrdersOptions)}.{nameof(OpenOrdersOptions.Endpoint)}", "--list-url"),
        ($" ({nameof(OpenOrdersOptions)}.{nameof(OpenOrdersOptions.Timeout)})", ""),
        ($"{nameof(DmexClientOptions.Endpoint)}:", "--url:"),
        ($"{nameof(DmexClientOptions.Handshake)}:", "--header:"),
        ($"{nameof(DmexClientOptions.RateBudget)}:", "--rate:"),
        ($"{nameof(DmexClientOptions.Account)}:", "--account:"),
        ("Servers:", "--servers:"),
        ("Books:", "--books:"),
        ("InstallDirectory:", "--install-directory:"),
        ("DataDirectory:", "--data-directory:"),
        (" If that process hangs, OpenReadOnly takes a copy to list or fire.", ""),
        ("; AllowCertificateDownloads fetches them.", ": name them with --ca, together with the roots."),
    ];

    /// <summary>Prints an error and its remedy.</summary>
    public static void Write(string message, string remedy)
    {
        Console.Error.WriteLine($"dmex: {Redact(Translate(message))}");
        Console.Error.WriteLine($"      {Redact(remedy)}");
    }

    /// <summary>An error of the library in the words of the command line.</summary>
    public static string Translate(string message)
    {
        message = Parameter().Replace(TrustRoots().Replace(message, "the certificates of --ca"), string.Empty);
        foreach (var (option, flag) in Names)
        {
            message = message.Replace(option, flag, StringComparison.Ordinal);
        }

        return message;
    }

    /// <summary>
    /// Hides runs of 60 hex digits or more: a key, or one that lost a digit or two in copying. Somebody may type a private key where it
    /// does not belong; it must not be repeated into a log, and a key looks like any order hash.
    /// </summary>
    public static string Redact(string text) => LongHex().Replace(text, "(hex digits, not shown)");

    [GeneratedRegex("(0[xX])?[0-9a-fA-F]{60,}", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex LongHex();

    [GeneratedRegex("the [0-9]+ trust roots of the options", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex TrustRoots();

    [GeneratedRegex(@" \(Parameter '[A-Za-z.]+'\)", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Parameter();
}
