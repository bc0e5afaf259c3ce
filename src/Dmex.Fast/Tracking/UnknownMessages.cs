namespace Dmex.Fast.Tracking;

/// <summary>
/// Counts the messages that no rule ascribed to an order, and keeps how the last one begins. Allocates only when somebody asks for its
/// text. Not thread-safe: the tracker's lock guards it.
/// </summary>
internal sealed class UnknownMessages
{
    private const int MaxKept = 1024;

    private readonly byte[] _beginning = new byte[MaxKept];
    private int _length;
    private string? _excerpt;

    /// <summary>How many came.</summary>
    public long Count { get; private set; }

    /// <summary>How the last begins, printable and without signatures; see <see cref="ReplyExcerpt"/>.</summary>
    public string Excerpt => _excerpt ??= ReplyExcerpt.Of(_beginning.AsSpan(0, _length));

    /// <summary>Counts a message.</summary>
    public void Add(ReadOnlySpan<byte> message)
    {
        Count++;
        _length = Math.Min(message.Length, MaxKept);
        message[.._length].CopyTo(_beginning);
        _excerpt = null;
    }
}
