namespace Dmex.Fast.Replies;

/// <summary>What the objects around a container mean for what is inside it. Errors and doubts always hold inside.</summary>
internal enum ReplyScope : byte
{
    /// <summary>A success said around it holds inside.</summary>
    Wrapper,

    /// <summary>An array of hashes: as if the hashes stood in the object around it.</summary>
    Hashes,

    /// <summary>No table knows the name: a success said around it does not hold inside.</summary>
    Opaque,

    /// <summary>A copy of the request: a success said inside is none.</summary>
    Echo,

    /// <summary>A list of canceled orders.</summary>
    Canceled,
}
