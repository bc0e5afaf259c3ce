using System.Diagnostics;
using Dmex.Fast.Venue.Orders;

namespace Dmex.Fast.Venue.Sessions;

/// <summary>
/// Verifies signatures on a thread of its own, after the messages were answered. It waits until the venue has been idle
/// for a moment, or until somebody asks for the result, so that the cost of recovery stays out of the run that is
/// measured. Thread-safe.
/// </summary>
internal sealed class DeferredVerifier : IDisposable
{
    private const int MaxViolations = 10_000;
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(250);

    private readonly VenueCore _core;
    private readonly Lock _lock = new();
    private readonly Queue<Job> _jobs = new();
    private readonly List<VenueViolation> _violations = [];
    private readonly List<TaskCompletionSource> _waiters = [];
    private readonly ManualResetEventSlim _work = new();
    private readonly ManualResetEventSlim _hurry = new();
    private readonly Thread _thread;
    private long _lastAdded;
    private volatile bool _stopped;
    private long _violationCount;

    public DeferredVerifier(VenueCore core)
    {
        _core = core;
        _thread = new Thread(Run) { IsBackground = true, Name = "venue verifier" };
        _thread.Start();
    }

    public long ViolationCount => Volatile.Read(ref _violationCount);

    public VenueViolation[] Violations
    {
        get
        {
            lock (_lock)
            {
                return [.. _violations];
            }
        }
    }

    public void Add(long sequence, in CancelRequest request, VenueOrder order, bool confirmed)
    {
        lock (_lock)
        {
            _jobs.Enqueue(new Job(sequence, request, order, confirmed));
            _lastAdded = Stopwatch.GetTimestamp();
            _work.Set();
        }
    }

    /// <summary>Completes when everything that was added before the call is verified.</summary>
    public Task WaitAsync()
    {
        lock (_lock)
        {
            if (_stopped)
            {
                return Task.FromException(new ObjectDisposedException(nameof(SimulatedVenue)));
            }

            if (_jobs.Count == 0)
            {
                return Task.CompletedTask;
            }

            var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add(waiter);
            _hurry.Set();
            return waiter.Task;
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _stopped = true;
            _work.Set();
            _hurry.Set();
        }

        _thread.Join();
        foreach (var waiter in _waiters)
        {
            waiter.TrySetException(new ObjectDisposedException(nameof(SimulatedVenue)));
        }

        _work.Dispose();
        _hurry.Dispose();
    }

    private void Run()
    {
        while (true)
        {
            _work.Wait();
            if (_stopped)
            {
                return;
            }

            long lastAdded;
            lock (_lock)
            {
                lastAdded = _lastAdded;
            }

            var left = Quiet - Stopwatch.GetElapsedTime(lastAdded);
            if (left > TimeSpan.Zero && !_hurry.IsSet)
            {
                _hurry.Wait(left);
                continue;
            }

            VerifyNext();
        }
    }

    // A job stays in the queue until it is done, so that an empty queue means that all is verified.
    private void VerifyNext()
    {
        Job job;
        lock (_lock)
        {
            job = _jobs.Peek();
        }

        var violation = _core.Verify(job.Sequence, in job.Request, job.Order, job.Confirmed);
        lock (_lock)
        {
            if (violation is not null)
            {
                _violationCount++;
                if (_violations.Count < MaxViolations)
                {
                    _violations.Add(violation);
                }
            }

            _jobs.Dequeue();
            if (_jobs.Count > 0)
            {
                return;
            }

            _work.Reset();
            _hurry.Reset();
            if (_stopped)
            {
                _work.Set(); // Dispose came in between: it must still be seen
            }

            foreach (var waiter in _waiters)
            {
                waiter.TrySetResult();
            }

            _waiters.Clear();
        }
    }

    private readonly struct Job(long sequence, CancelRequest request, VenueOrder order, bool confirmed)
    {
        public readonly long Sequence = sequence;
        public readonly CancelRequest Request = request;
        public readonly VenueOrder Order = order;
        public readonly bool Confirmed = confirmed;
    }
}
