namespace Dmex.Fast.Replies;

/// <summary>A member of an object, or an item of an array, in a template.</summary>
/// <param name="Name">Its name in UTF-8; empty in an array.</param>
/// <param name="Value">What its value must be.</param>
/// <param name="IsOptional">Whether a message may be without it.</param>
/// <param name="Line">Its line in the file, from 1.</param>
internal sealed record ReplyTemplateMember(byte[] Name, ReplyTemplate Value, bool IsOptional, int Line);
