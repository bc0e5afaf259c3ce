namespace Dmex.Fast.Bench.Gate;

/// <summary>
/// What the gate must catch, on purpose, for the test that it does: DMEX_BENCH_PLANT=allocation, slow-signer or missing-library.
/// </summary>
internal static class Plant
{
    public const string Variable = "DMEX_BENCH_PLANT";
    private const string AllocationName = "allocation";
    private const string SlowSignerName = "slow-signer";
    private const string MissingLibraryName = "missing-library";

    private static object? _kept;

    /// <summary>What is planted; null when nothing is.</summary>
    public static string? Name { get; } = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } name ? name : null;

    /// <summary>Whether <see cref="Name"/> is nothing, or something that there is.</summary>
    public static bool IsKnown => Name is null or AllocationName or SlowSignerName or MissingLibraryName;

    /// <summary>Whether the C library counts as absent.</summary>
    public static bool HidesLibrary => Name is MissingLibraryName;

    /// <summary>One object more a call.</summary>
    public static Action Allocation(Action call) => Name is not AllocationName ? call : () =>
    {
        _kept = new object();
        call();
    };

    /// <summary>A second signature every other call: 1.5 times the work.</summary>
    public static Action SlowSigner(Action call)
    {
        if (Name is not SlowSignerName)
        {
            return call;
        }

        var again = false;
        return () =>
        {
            call();
            again = !again;
            if (again)
            {
                call();
            }
        };
    }
}
