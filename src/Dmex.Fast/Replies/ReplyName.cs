namespace Dmex.Fast.Replies;

/// <summary>A property's name as the table reads it.</summary>
/// <param name="Field">What the value is read as.</param>
/// <param name="HashRank">What a hash under this name is worth; negative when it is no name of an order's hash.</param>
internal readonly record struct ReplyName(ReplyField Field, sbyte HashRank);
