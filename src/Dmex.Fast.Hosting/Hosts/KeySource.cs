using Dmex.Fast.Keys;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Hosting.Hosts;

/// <summary>Opens the key that the options name.</summary>
internal static class KeySource
{
    /// <exception cref="KeystoreException">The keystore cannot be opened.</exception>
    /// <exception cref="SecretFileException">A file cannot be read, is open to others, or holds no key.</exception>
    public static SigningKey? Open(DmexKeyOptions options, IServiceProvider services) =>
        options.Create is { } create ? create(services)
        : options.Keystore is { } keystore ? KeyFile.OpenKeystore(keystore, options.PasswordFile!)
        : options.File is { } file ? KeyFile.Open(file)
        : null;
}
