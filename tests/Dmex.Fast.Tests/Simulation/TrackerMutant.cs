using System.Reflection;
using System.Runtime.Loader;
using Dmex.Fast.Signing;
using Dmex.Fast.Tests.Support;
using Dmex.Fast.Tracking;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Dmex.Fast.Tests.Simulation;

/// <summary>
/// The tracker and its simulation, compiled anew from their sources with a fault in them, in a load context that can be unloaded. So the
/// product holds no seam for faults, and no check of one. Thread-safe.
/// </summary>
internal static class TrackerMutant
{
    private static readonly string[] Folders = ["src/Dmex.Fast/Tracking", "src/Dmex.Fast/Collections", "tests/Dmex.Fast.Tests/Simulation"];
    private static readonly CSharpParseOptions Parsing = new(LanguageVersion.Latest);

    // What every project of this repository has, and what the compiler's own implicit usings say.
    private const string Usings =
        "global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq;"
        + "global using System.Threading; global using System.Threading.Tasks;";

    private static readonly Lazy<CSharpCompilation> Healthy = new(Compile);

    /// <summary>Simulates the tracker with a fault, from a seed on.</summary>
    /// <param name="mutation">The fault; null for none.</param>
    /// <param name="firstSeed">The first seed.</param>
    /// <param name="maxScenarios">In how many scenarios to look for it.</param>
    /// <returns>The seed that failed and what the oracle saw; null for nothing.</returns>
    public static string? Simulate(TrackerMutation? mutation, ulong firstSeed, long maxScenarios)
    {
        using var assembly = new MemoryStream();
        var result = Mutated(mutation).Emit(assembly);
        if (!result.Success)
        {
            throw new InvalidOperationException(
                $"Mutation \"{mutation}\" does not compile: "
                + $"{string.Join('\n', result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error).Take(5))}");
        }

        assembly.Position = 0;
        var context = new AssemblyLoadContext("mutant", isCollectible: true);
        try
        {
            var simulator = context.LoadFromStream(assembly).GetType(typeof(Simulator).FullName!)!;
            return (string?)simulator.GetMethod(nameof(Simulator.Find))!.Invoke(null, [firstSeed, maxScenarios]);
        }
        finally
        {
            context.Unload();
        }
    }

    private static CSharpCompilation Mutated(TrackerMutation? mutation)
    {
        if (mutation is null)
        {
            return Healthy.Value;
        }

        var path = Path.Combine(Repository.Root, mutation.File);
        var tree = Healthy.Value.SyntaxTrees.Single(tree => string.Equals(tree.FilePath, path, StringComparison.Ordinal));
        return Healthy.Value.ReplaceSyntaxTree(tree, Parse(mutation.Apply(tree.ToString()), path));
    }

    private static CSharpCompilation Compile()
    {
        var files = Folders.SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.cs"))
            .Where(IsOfTheModel);
        var trees = files.Select(file => Parse(File.ReadAllText(file), file)).Append(Parse(Usings, "Usings.cs"));
        var platform = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(file => Path.GetFileName(file).StartsWith("System.", StringComparison.Ordinal));
        var own = new[] { typeof(CancelTracker).Assembly, typeof(OrderHash).Assembly }.Select(assembly => assembly.Location);

        // Named as the tests are, to which the product's internals are visible; its own types take the place of the product's.
        return CSharpCompilation.Create(
            "Dmex.Fast.Tests",
            trees,
            platform.Concat(own).Select(file => MetadataReference.CreateFromFile(file)),
            new CSharpCompilationOptions(
                OutputKind.DynamicallyLinkedLibrary,
                optimizationLevel: OptimizationLevel.Release,
                allowUnsafe: true,
                nullableContextOptions: NullableContextOptions.Enable));
    }

    /// <summary>All but the tests, what compiles them, and what is no part of the tracker.</summary>
    private static bool IsOfTheModel(string file)
    {
        var name = Path.GetFileNameWithoutExtension(file);
        return !name.EndsWith("Tests", StringComparison.Ordinal) && !name.StartsWith("TrackerMuta", StringComparison.Ordinal)
            && !string.Equals(name, "MatchWatch", StringComparison.Ordinal);
    }

    private static SyntaxTree Parse(string text, string path) => CSharpSyntaxTree.ParseText(text, Parsing, path);
}
