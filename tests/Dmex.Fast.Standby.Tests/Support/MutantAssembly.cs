using System.Reflection;
using System.Runtime.Loader;
using Dmex.Fast.Signing;
using Dmex.Fast.Standby.Links;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Dmex.Fast.Standby.Tests.Support;

/// <summary>
/// Sources of the product and of a simulation, compiled anew with a fault in them, in a load context that can be unloaded: so the product
/// holds no seam for faults. Thread-safe.
/// </summary>
internal sealed class MutantAssembly
{
    private const string Usings =
        "global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq;"
        + "global using System.Threading; global using System.Threading.Tasks;";

    private static readonly CSharpParseOptions Parsing = new(LanguageVersion.Latest);

    private readonly Lazy<CSharpCompilation> _healthy;

    /// <param name="files">From the root of the repository; those of a folder when one ends with '/'.</param>
    public MutantAssembly(params string[] files) => _healthy = new Lazy<CSharpCompilation>(() => Compile(files));

    /// <summary>Runs a static method of the compiled sources.</summary>
    /// <param name="mutation">The fault; null for none.</param>
    /// <param name="type">Has the method.</param>
    /// <param name="method">Its name.</param>
    /// <param name="arguments">Of types of the platform.</param>
    public string? Run(SourceMutation? mutation, Type type, string method, params object[] arguments)
    {
        using var assembly = new MemoryStream();
        var result = Mutated(mutation).Emit(assembly);
        if (!result.Success)
        {
            throw new InvalidOperationException(
                $"Mutation \"{mutation}\" does not compile: "
                + string.Join('\n', result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error).Take(5)));
        }

        assembly.Position = 0;
        var context = new AssemblyLoadContext("mutant", isCollectible: true);
        try
        {
            return (string?)context.LoadFromStream(assembly).GetType(type.FullName!)!.GetMethod(method)!.Invoke(null, arguments);
        }
        finally
        {
            context.Unload();
        }
    }

    private CSharpCompilation Mutated(SourceMutation? mutation)
    {
        if (mutation is null)
        {
            return _healthy.Value;
        }

        var tree = _healthy.Value.SyntaxTrees.Single(
            tree => string.Equals(Path.GetFileName(tree.FilePath), mutation.File, StringComparison.Ordinal));
        return _healthy.Value.ReplaceSyntaxTree(tree, Parse(mutation.Apply(tree.ToString()), tree.FilePath));
    }

    private static CSharpCompilation Compile(string[] files)
    {
        var root = Repository.Root;
        var paths = files.SelectMany(file => file.EndsWith('/') ? Directory.EnumerateFiles(Path.Combine(root, file), "*.cs")
            : [Path.Combine(root, file)]);
        var trees = paths.Select(file => Parse(File.ReadAllText(file), file)).Append(Parse(Usings, "Usings.cs"));
        var platform = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(file => Path.GetFileName(file) is var name && (name.StartsWith("System.", StringComparison.Ordinal)
                || name.StartsWith("Microsoft.Win32.", StringComparison.Ordinal))); // the base of a socket's exceptions
        var own = new[] { typeof(IStandbyLink).Assembly, typeof(BookScope).Assembly, typeof(OrderHash).Assembly }
            .Select(assembly => assembly.Location);

        // Named as the tests are, to which the product's internals are visible; its own types take the place of the product's.
        return CSharpCompilation.Create(
            "Dmex.Fast.Standby.Tests",
            trees,
            platform.Concat(own).Select(file => MetadataReference.CreateFromFile(file)),
            new CSharpCompilationOptions(
                OutputKind.DynamicallyLinkedLibrary,
                optimizationLevel: OptimizationLevel.Release,
                allowUnsafe: true,
                nullableContextOptions: NullableContextOptions.Enable));
    }

    private static SyntaxTree Parse(string text, string path) => CSharpSyntaxTree.ParseText(text, Parsing, path);
}
