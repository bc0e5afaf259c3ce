namespace Dmex.Fast.Tests.Support;

/// <summary>A sink that keeps what it is told, and says stop when it is full.</summary>
internal sealed class ReplyList(int room = int.MaxValue) : List<Reply>, IReplySink
{
    public bool OnReply(in Reply reply)
    {
        Add(reply);
        return Count < room;
    }
}
