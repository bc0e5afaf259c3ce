using System.Collections.Concurrent;
using System.Diagnostics;
using Dmex.Fast.Venue.Faults;
using Dmex.Fast.Venue.Orders;
using Dmex.Fast.Venue.Verification;

namespace Dmex.Fast.Venue.Sessions;

/// <summary>What all connections of a venue share, and the judgment of a cancel. Thread-safe.</summary>
internal sealed class VenueCore : IDisposable
{
    private readonly Lock _faultsLock = new();
    private VenueFaults _faults;
    private TaskCompletionSource _readingAllowed = Completed();
    private readonly ConcurrentDictionary<string, bool> _delegates = new(StringComparer.Ordinal);
    private long _validCancels;
    private long _staleSince;

    public VenueCore(VenueOptions options)
    {
        options.Faults.Validate(nameof(options));
        Options = options;
        _faults = options.Faults;
        Transcript = new CancelTranscript(options.TranscriptCapacity);
        Verifier = options.Verification == VenueVerification.Deferred ? new DeferredVerifier(this) : null;
        Pacer = options.ServiceRate is { } rate ? new ServicePacer(rate) : null;
        RateGate = options.RateLimit is { } limit ? new RateGate(limit) : null;
        Faults = options.Faults;
    }

    public VenueOptions Options { get; }

    public OrderTable Orders { get; } = new();

    public CancelTranscript Transcript { get; }

    public DeferredVerifier? Verifier { get; }

    public ServicePacer? Pacer { get; }

    public RateGate? RateGate { get; }

    public ConcurrentDictionary<long, VenueSession> Sessions { get; } = new();

    public long CanceledWithValidSignature => Volatile.Read(ref _validCancels);

    public VenueFaults Faults
    {
        get => Volatile.Read(ref _faults);
        set
        {
            lock (_faultsLock)
            {
                _staleSince = !value.StaleList ? 0 : _staleSince != 0 ? _staleSince : Stopwatch.GetTimestamp();
                Volatile.Write(ref _faults, value);
                if (!value.StopReading)
                {
                    _readingAllowed.TrySetResult();
                }
                else if (_readingAllowed.Task.IsCompleted)
                {
                    Volatile.Write(ref _readingAllowed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
                }
            }
        }
    }

    /// <summary>Completes at once unless the venue has stopped reading.</summary>
    public Task ReadingAllowed => Volatile.Read(ref _readingAllowed).Task;

    /// <summary>Decides about a message, changes the order, and writes both into the transcript.</summary>
    /// <param name="sequence">The message's number in the transcript.</param>
    /// <param name="request">The message.</param>
    /// <param name="lies">Whether an open order is left open, and the answer says that it is canceled.</param>
    public VenueAnswer Judge(long sequence, in CancelRequest request, bool lies)
    {
        var order = request.Hash is { } hash ? Orders.Find(in hash) : null;
        var signature = VenueSignatureCheck.NotChecked;
        var verdict = Decide(in request, order, lies, ref signature);
        Transcript.Decide(sequence, verdict, signature, Stopwatch.GetTimestamp());
        if (signature == VenueSignatureCheck.Pending)
        {
            Verifier!.Add(sequence, in request, order!, verdict == VenueVerdict.Confirmed);
        }
        else if (verdict == VenueVerdict.Confirmed)
        {
            Interlocked.Increment(ref _validCancels);
        }

        return new VenueAnswer
        {
            Verdict = verdict,
            Hash = request.Hash,
            State = order?.State ?? VenueOrderState.Open,
            Problem = request.Problem,
        };
    }

    /// <summary>Lets an address sign for an owner.</summary>
    public void Authorize(in VenueAddress owner, in VenueAddress signer) => _delegates[$"{owner} {signer}"] = true;

    /// <summary>Whether an address may sign for an owner: the owner, or a delegate.</summary>
    public bool MaySign(in VenueAddress owner, ReadOnlySpan<byte> signer) =>
        owner.SameAs(signer) || (!_delegates.IsEmpty && _delegates.ContainsKey($"{owner} {VenueAddress.From(signer, nameof(signer))}"));

    /// <summary>The Stopwatch timestamp as of which the list of open orders is shown.</summary>
    public long ListTime(VenueFaults faults)
    {
        var now = Orders.TakeListTime();
        var stale = Volatile.Read(ref _staleSince);
        return (faults.StaleList && stale != 0 ? stale : now) - (long)(faults.ListLag.TotalSeconds * Stopwatch.Frequency);
    }

    /// <summary>Pushes an order's state to all connections, where the options say so.</summary>
    public void PushOrderUpdate(in VenueHash hash, VenueOrderState state)
    {
        if (!Options.PushOrderEvents || Sessions.IsEmpty)
        {
            return;
        }

        var update = VenueReplies.OrderUpdate(in hash, state, Options);
        foreach (var session in Sessions.Values)
        {
            session.Post(update);
        }
    }

    /// <summary>Verifies a signature that was deferred.</summary>
    /// <returns>The violation, or null when the signature is the owner's.</returns>
    public VenueViolation? Verify(long sequence, in CancelRequest request, VenueOrder order, bool confirmed)
    {
        var hash = request.Hash!.Value;
        Span<byte> signer = stackalloc byte[VenueAddress.Size];
        var recovered = SignatureVerifier.TryRecover(in hash, request.V, request.Scalars, signer);
        if (recovered && MaySign(order.Owner, signer))
        {
            Transcript.SetSignature(sequence, VenueSignatureCheck.Valid);
            if (confirmed)
            {
                Interlocked.Increment(ref _validCancels);
            }

            return null;
        }

        Transcript.SetSignature(sequence, VenueSignatureCheck.Invalid);
        return new VenueViolation(
            sequence, hash, order.Owner.ToString(), recovered ? "0x" + Convert.ToHexStringLower(signer) : null);
    }

    public void Dispose()
    {
        Verifier?.Dispose();
    }

    private static TaskCompletionSource Completed()
    {
        var source = new TaskCompletionSource();
        source.SetResult();
        return source;
    }

    // The signature is looked at for every known order, also for one that is closed: a client must not send a wrong
    // signature even when it does no harm.
    private VenueVerdict Decide(in CancelRequest request, VenueOrder? order, bool lies, ref VenueSignatureCheck signature)
    {
        if (request.Problem is not null)
        {
            return request.OtherOperation ? VenueVerdict.UnknownOperation : VenueVerdict.Malformed;
        }

        if (!SignatureVerifier.IsInRange(request.Scalars))
        {
            signature = VenueSignatureCheck.Invalid;
            return VenueVerdict.BadSignature;
        }

        if (order is null)
        {
            return VenueVerdict.OrderNotFound;
        }

        if (Verifier is not null)
        {
            signature = VenueSignatureCheck.Pending;
        }
        else
        {
            Span<byte> signer = stackalloc byte[VenueAddress.Size];
            var recovered = SignatureVerifier.TryRecover(request.Hash!.Value, request.V, request.Scalars, signer);
            signature = recovered && MaySign(order.Owner, signer) ? VenueSignatureCheck.Valid : VenueSignatureCheck.Invalid;
            if (signature == VenueSignatureCheck.Invalid)
            {
                return recovered ? VenueVerdict.NotOwner : VenueVerdict.BadSignature;
            }
        }

        if (lies && order.State == VenueOrderState.Open)
        {
            return VenueVerdict.Lied;
        }

        return Orders.TryClose(order, VenueOrderState.Canceled) ? VenueVerdict.Confirmed : VenueVerdict.NotOpen;
    }
}
