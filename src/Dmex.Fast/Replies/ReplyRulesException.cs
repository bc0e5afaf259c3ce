namespace Dmex.Fast;

/// <summary>A file of reply rules is wrong: the message says where, what is wrong and which form is expected.</summary>
public sealed class ReplyRulesException : Exception
{
    /// <summary>Describes a fault.</summary>
    /// <param name="message">Where it is, what is wrong and what is expected.</param>
    /// <param name="line">The line, from 1; 0 when it is in no line.</param>
    /// <param name="innerException">What was caught; null when nothing was.</param>
    public ReplyRulesException(string message, int line, Exception? innerException = null)
        : base(message, innerException) => Line = line;

    /// <summary>The line of the fault, from 1; 0 when it is in no line.</summary>
    public int Line { get; }
}
