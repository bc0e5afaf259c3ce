using System.Text;

namespace Dmex.Fast;

/// <summary>A message from the venue that is not the answer to a cancel that this client waits for.</summary>
public sealed class MessageReceivedEventArgs : EventArgs
{
    /// <summary>Describes a message.</summary>
    public MessageReceivedEventArgs(ReadOnlyMemory<byte> payload, bool isText)
    {
        Payload = payload;
        IsText = isText;
    }

    /// <summary>The bytes as they came, a copy that the handler may keep.</summary>
    public ReadOnlyMemory<byte> Payload { get; }

    /// <summary>Whether it was a text message (UTF-8, checked), rather than a binary one.</summary>
    public bool IsText { get; }

    /// <summary>The text; a binary message is decoded as far as it goes.</summary>
    public override string ToString() => Encoding.UTF8.GetString(Payload.Span);
}
