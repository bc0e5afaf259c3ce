namespace Dmex.Fast;

/// <summary>What is known about bytes that were to be sent.</summary>
public enum SendOutcomeKind
{
    /// <summary>The connection broke while they were being written: the venue may or may not have them.</summary>
    Unknown,

    /// <summary>Not a byte of them left; <see cref="NotSentReason"/> says why.</summary>
    NotSent,

    /// <summary>The kernel has taken all of them.</summary>
    Written,
}
