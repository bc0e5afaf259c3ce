using Dmex.Fast.Signing;

namespace Dmex.Fast.Hosting;

/// <summary>Where the account's key is: one of these, or none. The configuration itself holds no key and no password.</summary>
public sealed class DmexKeyOptions
{
    /// <summary>A file with the key in hex; only its owner may read it.</summary>
    public string? File { get; set; }

    /// <summary>A keystore file (Web3 Secret Storage, version 3), opened with <see cref="PasswordFile"/>.</summary>
    public string? Keystore { get; set; }

    /// <summary>A file whose first line is the keystore's password.</summary>
    public string? PasswordFile { get; set; }

    /// <summary>Makes the key in code, in place of a file. The host disposes it.</summary>
    public Func<IServiceProvider, SigningKey>? Create { get; set; }
}
