namespace Dmex.Fast;

/// <summary>A book's file cannot be created, opened or written. The message names the file, what is wrong with it and what to do.</summary>
public sealed class BookFileException : IOException
{
    /// <summary>Describes what is wrong with a file.</summary>
    /// <param name="error">What is wrong.</param>
    /// <param name="message">The file, what was found and what was expected.</param>
    /// <param name="innerException">What the system reported, if anything.</param>
    public BookFileException(BookFileError error, string message, Exception? innerException = null)
        : base(message, innerException) => Error = error;

    /// <summary>Describes what is wrong with a file.</summary>
    public BookFileException()
        : this(BookFileError.NotAccessible, "The book's file is not accessible.")
    {
    }

    /// <summary>Describes what is wrong with a file.</summary>
    /// <param name="message">What is wrong.</param>
    public BookFileException(string message)
        : this(BookFileError.NotAccessible, message)
    {
    }

    /// <summary>Describes what is wrong with a file.</summary>
    /// <param name="message">What is wrong.</param>
    /// <param name="innerException">What the system reported.</param>
    public BookFileException(string message, Exception innerException)
        : this(BookFileError.NotAccessible, message, innerException)
    {
    }

    /// <summary>What is wrong.</summary>
    public BookFileError Error { get; }
}
