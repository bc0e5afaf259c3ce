using System.Runtime.InteropServices;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Replies;

/// <summary>What a template found in a message.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct ReplyCapture
{
    public OrderHash Hash;
    public int ReasonOffset;
    public int ReasonLength;
    public TimeSpan? RetryAfter;
}
