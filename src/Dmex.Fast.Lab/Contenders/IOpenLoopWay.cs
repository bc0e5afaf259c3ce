using Dmex.Fast.Signing;

namespace Dmex.Fast.Lab.Contenders;

/// <summary>One way to cancel whose cancels begin when they are to, whether or not those before are answered.</summary>
internal interface IOpenLoopWay : IAsyncDisposable
{
    /// <summary>A word for it, for columns and file names.</summary>
    string Name { get; }

    /// <summary>What it is made of.</summary>
    string Description { get; }

    /// <summary>Whether, once everything has run, a cancel allocates nothing: the warm-up then goes on until that is so.</summary>
    bool AllocatesNothing { get; }

    /// <summary>Gets ready for the orders of <paramref name="samples"/> from the next one on; not measured.</summary>
    /// <param name="samples">Where the cancels that follow are taken down.</param>
    /// <param name="count">How many they are.</param>
    void Prepare(CancelSamples samples, int count);

    /// <summary>Begins a cancel and returns without waiting for the answer. By the sending thread alone.</summary>
    /// <param name="index">Of <see cref="CancelSamples.Begin"/>.</param>
    void Send(int index);

    /// <summary>What the way does between two cancels, when there is time.</summary>
    void AfterSend();

    /// <summary>Takes down the outcomes that are known by now. By the sending thread alone.</summary>
    void Collect();

    /// <summary>Runs once what a thread of the pool keeps for itself. Must not block. With an order that is open.</summary>
    Task TouchAsync(OrderHash order);

    /// <summary>Drops the connection from another thread, so that waiting ends with an error.</summary>
    void Abort();
}
