namespace Dmex.Fast.Replies;

/// <summary>Ignores verdicts.</summary>
internal sealed class NullReplySink : IReplySink
{
    public static readonly NullReplySink Instance = new();

    public bool OnReply(in Reply reply) => true;
}
