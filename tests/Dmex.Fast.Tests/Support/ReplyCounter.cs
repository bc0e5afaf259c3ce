namespace Dmex.Fast.Tests.Support;

/// <summary>A sink that keeps nothing and allocates nothing.</summary>
internal sealed class ReplyCounter : IReplySink
{
    public static readonly ReplyCounter Instance = new();

    public bool OnReply(in Reply reply) => true;
}
