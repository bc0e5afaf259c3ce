using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Dmex.Fast.Hosting.Hosts;

/// <summary>Names everything that is wrong with the options of a hosted client, when the host starts.</summary>
internal sealed class HostOptionsValidator(string name) : IValidateOptions<DmexHostOptions>
{
    public ValidateOptionsResult Validate(string? optionsName, DmexHostOptions options)
    {
        if (!string.Equals(optionsName, name, StringComparison.Ordinal))
        {
            return ValidateOptionsResult.Skip;
        }

        List<string> errors = [.. options.Client.GetErrors()];
        CheckKey(options.Key, errors);
        if (options.Client.Book is not null && options.Book.Capacity != 0)
        {
            errors.Add("Book.Capacity: 0 where a book is given in code.");
        }

        if (options.Book is { Capacity: 0, File: not null })
        {
            errors.Add("Book.Capacity: missing; how many orders the book holds, above 0: a book's file has a fixed size.");
        }

        if (options is { CreateGuard: not null, Book.Capacity: 0, Client.Book: null })
        {
            errors.Add("Book.Capacity: above 0 where there are standbys on other hosts: they hold what the book has.");
        }

        if (options is { CreateGuard: not null, Client.Standby.Guard: not null })
        {
            errors.Add("Standby.Guard: null where CreateGuard makes one.");
        }

        if (options.PanicOnShutdown is { Enabled: true } shutdown)
        {
            if (options is { Book.Capacity: 0, Client.Book: null })
            {
                errors.Add("PanicOnShutdown.Enabled: needs a book (Book.Capacity): there is nothing armed to cancel.");
            }

            if (shutdown.Timeout <= TimeSpan.Zero || shutdown.Timeout > TimeSpan.FromDays(1))
            {
                errors.Add($"PanicOnShutdown.Timeout: a time above zero and at most a day, not {shutdown.Timeout}.");
            }
        }

        List<string> all = [.. options.ReadErrors, .. errors.Select(error => InSection(options.Path, error))];
        return all.Count == 0 ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(all.Select(error => Prefix(optionsName) + error));
    }

    private static void CheckKey(DmexKeyOptions key, List<string> errors)
    {
        var sources = (key.File is null ? 0 : 1) + (key.Keystore is null ? 0 : 1) + (key.Create is null ? 0 : 1);
        if (sources > 1)
        {
            errors.Add("Key: one of File, Keystore and Create, not several.");
        }

        if (key.Keystore is not null && key.PasswordFile is null)
        {
            errors.Add("Key.PasswordFile: missing; the file with the keystore's password.");
        }

        if (key is { PasswordFile: not null, Keystore: null })
        {
            errors.Add("Key.Keystore: missing; the keystore that Key.PasswordFile opens.");
        }
    }

    /// <summary>Names an option as the configuration does: Retry.AckTimeout is Dmex:Retry:AckTimeout.</summary>
    private static string InSection(string path, string error)
    {
        var end = error.IndexOf(": ", StringComparison.Ordinal);
        var key = (end < 0 ? string.Empty : error[..end]).Replace(".", ConfigurationPath.KeyDelimiter, StringComparison.Ordinal);
        return key.Length == 0 || path.Length == 0 ? key + error[key.Length..] : ConfigurationPath.Combine(path, key) + error[end..];
    }

    private static string Prefix(string? optionsName) => string.IsNullOrEmpty(optionsName) ? string.Empty : $"[{optionsName}] ";
}
