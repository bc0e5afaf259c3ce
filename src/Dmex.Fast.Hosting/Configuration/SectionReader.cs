using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Dmex.Fast.Signing;
using Microsoft.Extensions.Configuration;

namespace Dmex.Fast.Hosting.Configuration;

/// <summary>
/// Reads the values of a configuration section one by one, collects what is wrong with them, and names keys that nobody asked for: a
/// misspelt key must not leave a default in place. Uses no reflection, so that it can be trimmed and compiled ahead of time.
/// </summary>
/// <remarks>Not thread-safe. A value that is not there changes nothing.</remarks>
internal sealed class SectionReader
{
    private delegate bool Parser<T>(string text, out T? value);

    private readonly IConfiguration _section;
    private readonly string _path;
    private readonly List<string> _errors;
    private readonly HashSet<string> _known = new(StringComparer.OrdinalIgnoreCase);

    /// <param name="section">What is read.</param>
    /// <param name="path">How messages name it; empty for the configuration's root.</param>
    /// <param name="errors">Receives what is wrong.</param>
    public SectionReader(IConfiguration section, string path, List<string> errors)
    {
        _section = section;
        _path = path;
        _errors = errors;
    }

    /// <summary>The names of the keys that were asked for so far.</summary>
    public IReadOnlyCollection<string> Known => _known;

    public void Text(string key, Action<string> set) =>
        Value(key, "a text", (string text, out string? value) => (value = text) is not null, set);

    public void Whole(string key, Action<int> set) => Value(
        key,
        "a whole number",
        (string text, out int value) => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value),
        set);

    public void Long(string key, Action<long> set) => Value(
        key,
        "a whole number",
        (string text, out long value) => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value),
        set);

    public void Flag(string key, Action<bool> set) => Value<bool>(key, "true or false", bool.TryParse, set);

    public void Time(string key, Action<TimeSpan> set) => Value(
        key,
        "a time such as 00:00:01.5",
        (string text, out TimeSpan value) => TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out value),
        set);

    public void Address(string key, Action<EthereumAddress> set) => Value(
        key, "an address: 0x and 40 hex digits",
        (string text, out EthereumAddress value) => EthereumAddress.TryParse(text, out value), set);

    public void Name<T>(string key, Action<T> set)
        where T : struct, Enum => Value(
        key,
        string.Join(" or ", Enum.GetNames<T>()),
        (string text, out T value) => Enum.TryParse(text, ignoreCase: true, out value) && Enum.IsDefined(value),
        set);

    public void Link(string key, Action<Uri> set) => Value(
        key,
        "an address such as wss://host/ws",
        (string text, out Uri? value) => Uri.TryCreate(text, UriKind.Absolute, out value),
        set);

    /// <summary>SHA-256 in hex.</summary>
    public void Digest(string key, Action<byte[]> set) => Value(
        key,
        "64 hex digits",
        (string text, out byte[]? value) =>
        {
            value = new byte[32];
            return text.Length == 64 && Convert.FromHexString(text, value, out _, out _) == OperationStatus.Done;
        },
        set);

    /// <summary>Certificates, read from a file in PEM.</summary>
    public void Certificates(string key, Action<X509Certificate2Collection> set) => Text(key, path =>
    {
        X509Certificate2Collection certificates = [];
        try
        {
            certificates.ImportFromPemFile(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            _errors.Add($"{At(key)}: '{Shown(path)}' cannot be read: {e.Message}");
            return;
        }

        if (certificates.Count == 0)
        {
            _errors.Add($"{At(key)}: '{Shown(path)}' has no certificate in PEM.");
            return;
        }

        set(certificates);
    });

    /// <summary>A list, as children by number.</summary>
    public void List(string key, Action<SectionReader, string> add)
    {
        _ = _known.Add(key);
        var list = _section.GetSection(key);
        if (list.Value is { Length: > 0 })
        {
            _errors.Add($"{At(key)}: a list, not one value.");
            return;
        }

        SectionReader items = new(list, At(key), _errors);
        foreach (var item in list.GetChildren())
        {
            add(items, item.Key);
        }
    }

    /// <summary>Values by name; none is ever shown.</summary>
    public void Map(string key, Action<string, string> add)
    {
        _ = _known.Add(key);
        foreach (var item in _section.GetSection(key).GetChildren())
        {
            if (item.Value is { } value)
            {
                add(item.Key, value);
            }
            else
            {
                _errors.Add($"{At(key)}:{item.Key}: a text.");
            }
        }
    }

    /// <summary>Values that belong together; not read when the section does not have it.</summary>
    public void Group(string key, Action<SectionReader> read)
    {
        _ = _known.Add(key);
        var group = _section.GetSection(key);
        if (!group.Exists())
        {
            return;
        }

        if (group.Value is { Length: > 0 })
        {
            _errors.Add($"{At(key)}: a section, not one value.");
            return;
        }

        SectionReader reader = new(group, At(key), _errors);
        read(reader);
        reader.Finish();
    }

    /// <summary>Names the keys that nobody asked for.</summary>
    public void Finish()
    {
        foreach (var child in _section.GetChildren())
        {
            if (!_known.Contains(child.Key))
            {
                _errors.Add($"{At(child.Key)}: unknown key; known are {string.Join(", ", _known.Order(StringComparer.Ordinal))}.");
            }
        }
    }

    private void Value<T>(string key, string expected, Parser<T> parse, Action<T> set)
    {
        if (Read(key) is not { } text)
        {
            return;
        }

        if (text.Length > 0 && parse(text.Trim(), out var value))
        {
            set(value!);
        }
        else
        {
            _errors.Add($"{At(key)}: expected {expected}, not '{Shown(text)}'.");
        }
    }

    private string? Read(string key)
    {
        _ = _known.Add(key);
        var value = _section.GetSection(key);
        if (value.Value is null && value.GetChildren().Any())
        {
            _errors.Add($"{At(key)}: one value, not a section.");
        }

        return value.Value;
    }

    private string At(string key) => _path.Length == 0 ? key : ConfigurationPath.Combine(_path, key);

    private static string Shown(string text) => text.Length <= 80 ? text : text[..77] + "…";
}
