using Dmex.Fast.Signing;
using Dmex.Fast.Standby.Deciding;
using Dmex.Fast.Standby.Generations;
using Dmex.Fast.Standby.Links;
using Dmex.Fast.Standby.Messages;
using Dmex.Fast.Standby.Operators;
using Dmex.Fast.Standby.Sealing;

namespace Dmex.Fast.Standby;

/// <summary>
/// A person's side of a book's cluster: hears the engine and its standbys, reads the book, orders a fire, fences a generation, and
/// acknowledges a fence. It never has the account's key. Thread-safe, but one call at a time of those that read the stream.
/// </summary>
public sealed class StandbyOperator : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly IStandbyLink _link;
    private readonly string _name;
    private readonly MonotonicClock _clock;
    private readonly MessageOpener _opener;
    private readonly MessageSealer _sealer;
    private readonly GenerationReader _reader;
    private readonly StreamBook _book;
    private readonly FenceWriter _fences;
    private readonly Dictionary<string, StandbyMember> _standbys = new(StringComparer.Ordinal);
    private readonly HashSet<ulong> _answered = [];
    private readonly HashSet<OrderHash> _closed = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly List<IDisposable> _subscriptions = [];
    private Task _fencing = Task.CompletedTask;
    private uint _ordered;
    private uint _engineGeneration;
    private TimeSpan? _engineHeardAt;

    /// <summary>Begins to listen.</summary>
    /// <param name="name">Who it is, in fences: 1 to 32 of a-z, 0-9 and '-'.</param>
    /// <param name="book">The book's name.</param>
    /// <param name="key">The key that engine and standbys share; the caller's, which must outlive this.</param>
    /// <param name="link">To the cluster, in the operator's role; the caller's, which must outlive this.</param>
    /// <param name="timeProvider">The clock; the system's when null.</param>
    public StandbyOperator(string name, string book, StandbyKey key, IStandbyLink link, TimeProvider? timeProvider = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentException.ThrowIfNullOrEmpty(book);
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(link);
        _name = name;
        _link = link;
        _clock = new MonotonicClock(timeProvider ?? TimeProvider.System);
        _opener = new MessageOpener(key, book);
        _sealer = new MessageSealer(key, book, SenderRole.Operator, name, generation: 0);
        _reader = new GenerationReader(_opener, _clock.Provider);
        _book = new StreamBook(_reader);
        _fences = new FenceWriter(link, _sealer, _clock);
        _subscriptions.Add(link.Subscribe(StandbyChannel.Beat, OnBeat));
        _subscriptions.Add(link.Subscribe(StandbyChannel.Status, OnStatus));
        _subscriptions.Add(link.Subscribe(StandbyChannel.Report, OnReport));
    }

    /// <summary>The standbys that told of themselves within the last two seconds, by their names.</summary>
    public IReadOnlyList<StandbyMember> Standbys
    {
        get
        {
            lock (_lock)
            {
                return [.. _standbys.Values.Where(member => _clock.Now - member.HeardAt < TimeSpan.FromSeconds(2))
                    .OrderBy(member => member.Name, StringComparer.Ordinal)];
            }
        }
    }

    /// <summary>The highest generation that was heard of live; 0: nothing was heard.</summary>
    public uint Generation
    {
        get
        {
            lock (_lock)
            {
                return Math.Max(_engineGeneration, _standbys.Values.Select(member => member.Generation).DefaultIfEmpty().Max());
            }
        }
    }

    /// <summary>How long ago the engine beat; null: not since this was made.</summary>
    public TimeSpan? EngineSilent
    {
        get
        {
            lock (_lock)
            {
                return _clock.Now - _engineHeardAt;
            }
        }
    }

    /// <summary>How many standbys have answered an order, by a report that they fence and fire.</summary>
    public int Answers
    {
        get
        {
            lock (_lock)
            {
                return _answered.Count;
            }
        }
    }

    /// <summary>How many messages were refused: sealed by another key, or forged.</summary>
    public long Refused => _opener.Refused;

    /// <summary>Whether a standby has reported since the order that an order is closed.</summary>
    public bool IsClosed(in OrderHash hash)
    {
        lock (_lock)
        {
            return _closed.Contains(hash);
        }
    }

    /// <summary>Reads the stream: the book, its generations and fences.</summary>
    /// <exception cref="StandbyLinkException">The stream cannot be reached.</exception>
    public ValueTask<StandbyBook> ReadBookAsync(CancellationToken cancellationToken = default) => _book.ReadAsync(_link, cancellationToken);

    /// <summary>Orders every standby that can fire to fire. It may be repeated: a cancel can be sent twice without harm.</summary>
    /// <param name="generation">Whose orders; standbys that guard another one do nothing.</param>
    /// <param name="scope">Which of them.</param>
    /// <returns>By how many servers the order went; 0: none is connected yet.</returns>
    public int Order(uint generation, BookScope scope)
    {
        lock (_lock)
        {
            _ordered = generation;
        }

        Span<byte> plain = stackalloc byte[OrderMessage.Size];
        new OrderMessage(generation, scope).Write(plain);
        return _link.TrySend(_sealer, StandbyChannel.Order, plain);
    }

    /// <summary>Fires a book's orders by this process that no standby has reported closed.</summary>
    /// <param name="firer">Sends them.</param>
    /// <param name="book">As it was read.</param>
    /// <param name="scope">Which of them.</param>
    /// <returns>How many.</returns>
    public int Fire(IStandbyFirer firer, StandbyBook book, BookScope scope)
    {
        ArgumentNullException.ThrowIfNull(firer);
        ArgumentNullException.ThrowIfNull(book);
        StandbyOrder[] orders = [.. book.Orders.Where(order => scope.Contains(order.Tag) && !IsClosed(order.Hash))];
        if (orders.Length > 0)
        {
            firer.Fire(new StandbyFire(NewFence(0, book.Generation).Evidence, orders, Close));
        }

        return orders.Length;
    }

    /// <summary>Begins to write a fence, until this is disposed; firing does not wait for it.</summary>
    /// <param name="generation">This one and all lower ones.</param>
    /// <returns>Its id.</returns>
    public ulong Fence(uint generation)
    {
        var fence = NewFence(FenceIds.New(), generation);
        _fencing = _fences.KeepAsync(fence, () => false, _stop.Token);
        return fence.Id;
    }

    /// <summary>Waits until the fence of <see cref="Fence"/> is in the stream.</summary>
    /// <exception cref="OperationCanceledException">It was not by then.</exception>
    public async Task WaitFencedAsync(CancellationToken cancellationToken = default)
    {
        while (_fences.Sequence == 0)
        {
            await _clock.Delay(TimeSpan.FromMilliseconds(10), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Acknowledges a fence of the book that was read: an engine may begin the next generation, which forgets the fenced one's orders.
    /// </summary>
    /// <param name="book">As it was read; a fence that came later voids the acknowledgement.</param>
    /// <param name="fenceId">One of its fences.</param>
    /// <param name="cancellationToken">Ends the wait; it may have been appended nevertheless.</param>
    /// <exception cref="ArgumentException">It is not.</exception>
    /// <exception cref="StandbyLinkException">It could not be appended, or nobody knows whether it was: acknowledge it again.</exception>
    public async ValueTask AcknowledgeAsync(StandbyBook book, ulong fenceId, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(book);
        if (!book.IsFenced || (fenceId != book.FenceId && !book.Fences.Any(fence => fence.Id == fenceId)))
        {
            throw new ArgumentException($"{fenceId:x16} is no fence of the latest generation.", nameof(fenceId));
        }

        // By the first fence's id, which every reader knows.
        var plain = FenceRecord.Write(NewFence(book.FenceId, book.Fenced), isAcknowledgement: true);
        _ = await _link.AppendAsync(_sealer, StandbyStreamKind.Fence, plain, expectedLast: null, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested)
        {
            return;
        }

        await _stop.CancelAsync().ConfigureAwait(false);
        _subscriptions.ForEach(subscription => subscription.Dispose());
        await _fencing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _sealer.Dispose();
        _opener.Dispose();
        _reader.Clear();
    }

    private GenerationFence NewFence(ulong id, uint generation) => new(
        id,
        generation,
        _name,
        _clock.Provider.GetUtcNow(),
        new FireEvidence(FireReason.Operator, generation, EngineSilent ?? TimeSpan.Zero, Witnesses: 0, _link.Traits.Servers));

    private void Close(OrderHash hash)
    {
        lock (_lock)
        {
            _ = _closed.Add(hash);
        }
    }

    private void OnBeat(ReadOnlySpan<byte> message)
    {
        Span<byte> plain = stackalloc byte[BeatMessage.Size];
        if (_opener.Open(message, SealedKind.Beat, plain, out var header, out _) != OpenResult.Opened)
        {
            return;
        }

        lock (_lock)
        {
            if (header.Sender.Generation >= _engineGeneration)
            {
                _engineGeneration = header.Sender.Generation;
                _engineHeardAt = _clock.Now;
            }
        }
    }

    private void OnStatus(ReadOnlySpan<byte> message)
    {
        Span<byte> plain = stackalloc byte[StatusMessage.MaxSize];
        if (_opener.Open(message, SealedKind.Status, plain, out var header, out var length) != OpenResult.Opened
            || StatusMessage.Read(plain[..length], _clock.Now) is not { } member
            || header.Sender.Id != SealedSender.IdOf(member.Name))
        {
            return;
        }

        lock (_lock)
        {
            _standbys[member.Name] = member;
        }
    }

    private void OnReport(ReadOnlySpan<byte> message)
    {
        var plain = new byte[ReportMessage.MaxSize]; // after a fire, a few times
        if (_opener.Open(message, SealedKind.Report, plain, out var header, out var length) != OpenResult.Opened)
        {
            return;
        }

        var count = ReportMessage.Read(plain.AsSpan(0, length), out var generation, out _);
        lock (_lock)
        {
            if (count < 0 || _ordered == 0 || generation < _ordered)
            {
                return;
            }

            _ = _answered.Add(header.Sender.Id);
            for (var i = 0; i < count; i++)
            {
                _ = _closed.Add(ReportMessage.OrderAt(plain, i));
            }
        }
    }
}
