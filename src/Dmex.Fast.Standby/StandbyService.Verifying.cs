using Dmex.Fast.Signing;
using Dmex.Fast.Standby.Replication;

namespace Dmex.Fast.Standby;

/// <content>
/// Verifies the signatures of what the engine armed, behind: an order can be fired from the moment it came, and one whose signature is not
/// the account's is counted, told and fired all the same, for the venue decides.
/// </content>
public sealed partial class StandbyService
{
    /// <summary>Of a pass; there is at most one a tick, so that a book that joins takes a part of a processor and no more.</summary>
    private const int MaxVerified = 16;

    private readonly ReplicaEntry[] _toVerify = new ReplicaEntry[MaxVerified];
    private Task _verifying = Task.CompletedTask;

    /// <summary>Verifies some signatures; one call at a time.</summary>
    internal void Verify()
    {
        EthereumAddress account;
        int count;
        lock (_lock)
        {
            if (_isDisposed || _reader.Log.Claim is not { } claim)
            {
                return;
            }

            account = claim.Account;
            count = _table.TakeUnverified(_toVerify);
        }

        var entries = _toVerify.AsSpan(0, count);
        Span<bool> isValid = stackalloc bool[count];
        for (var i = 0; i < count; i++)
        {
            isValid[i] = SignatureVerifier.Verify(entries[i].Record.Hash, entries[i].Record.Signature, account);
        }

        lock (_lock)
        {
            for (var i = 0; i < count; i++)
            {
                _invalid += _table.NoteVerified(entries[i], isValid[i]) ? 1 : 0;
            }
        }

        entries.Clear();
    }

    /// <summary>On the pool, for this thread decides and fires; and not while a fire may be near, which needs the processor.</summary>
    private void VerifyBehind()
    {
        lock (_lock)
        {
            if (_isDisposed || _table.Unverified == 0 || !_verifying.IsCompleted
                || _decision.Silent(_clock.Now) > _options.Ttl / 2)
            {
                return;
            }

            _verifying = Task.Run(() => _turns.Run(Verify));
        }
    }
}
