using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Dmex.Fast.Cli.Output;

namespace Dmex.Fast.Cli.Input;

/// <summary>The file of <c>--ca</c>.</summary>
internal static class CertificateFile
{
    /// <summary>Its certificates.</summary>
    /// <exception cref="CommandException">It cannot be read, or holds none.</exception>
    public static X509Certificate2Collection Load(string path)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPemFile(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw Wrong(path, ErrorText.Cause(error, path), error);
        }

        return certificates.Count > 0 ? certificates : throw Wrong(path, "it holds none.", null);
    }

    private static CommandException Wrong(string path, string why, Exception? cause) => new(
        ExitCode.BadInput, $"No certificates can be read from {path}: {why}", "--ca takes a PEM file (-----BEGIN CERTIFICATE-----).", cause);
}
