using Dmex.Fast.Standby.Links;
using Dmex.Fast.Standby.Messages;
using Dmex.Fast.Standby.Sealing;

namespace Dmex.Fast.Standby;

/// <content>What the standby answers when asked for its status.</content>
public sealed partial class StandbyService
{
    private static readonly TimeSpan StatusEvery = TimeSpan.FromMilliseconds(500);

    private TimeSpan _statusAt;

    /// <summary>Whose orders the stream holds; null: not known yet.</summary>
    public StandbyOwner? Owner
    {
        get
        {
            lock (_lock)
            {
                return _reader.Log.Owner;
            }
        }
    }

    private void SendStatusIfDue(TimeSpan now)
    {
        if (now - _statusAt < StatusEvery)
        {
            return;
        }

        _statusAt = now;
        Span<byte> plain = stackalloc byte[StatusMessage.MaxSize];
        var length = StatusMessage.Write(plain, _options.Name, _link.Traits.Servers, _options.DryRun, State);
        _ = _link.TrySend(_sealer, StandbyChannel.Status, plain[..length]);
    }
}
