namespace Dmex.Fast.Keys;

/// <summary>
/// A file with a key or a password cannot be read or written, is open to others, or does not hold what it should. The message says what
/// was wrong; it never holds any part of the secret.
/// </summary>
public sealed class SecretFileException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What was wrong, naming the file.</param>
    /// <param name="remedy">What to do about it.</param>
    /// <param name="innerException">What caused it; null where its text could hold part of the secret.</param>
    public SecretFileException(string message, string remedy, Exception? innerException = null)
        : base($"{message} {remedy}", innerException) => (Fault, Remedy) = (message, remedy);

    /// <summary>What was wrong, naming the file; the first part of the message.</summary>
    public string Fault { get; }

    /// <summary>Whether the file was to be made, and not to be read.</summary>
    public bool IsOutput { get; init; }

    /// <summary>What to do about it; the second part of the message.</summary>
    public string Remedy { get; }
}
