namespace Dmex.Fast.Bench.Timing;

/// <summary>A call to be timed, on input that always lies in the same memory.</summary>
internal interface ITimedCall : IDisposable
{
    /// <summary>What the report calls it.</summary>
    string Name { get; }

    /// <summary>Brings the input to where the call reads it; not timed.</summary>
    void Load(in TimingInput input);

    /// <summary>The call.</summary>
    void Run();
}
