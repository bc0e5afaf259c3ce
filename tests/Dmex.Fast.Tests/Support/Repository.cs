namespace Dmex.Fast.Tests.Support;

/// <summary>Where things lie on disk: the checkout that the tests were built from, and what stands beside it.</summary>
internal static class Repository
{
    /// <summary>The folder that holds Dmex.Fast.sln, above the test assembly.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The tests' own vectors.</summary>
    public static string Vector(string file) => Path.Combine(Root, "tests", "Dmex.Fast.Tests", "Vectors", file);

    /// <summary>Vectors that are shared beside the checkout, or in the folder that DMEX_SHARED names.</summary>
    public static string SharedVector(string file)
    {
        var shared = Environment.GetEnvironmentVariable("DMEX_SHARED");
        var folder = string.IsNullOrEmpty(shared) ? Path.Combine(Root, "..", "shared") : shared;
        return Path.GetFullPath(Path.Combine(folder, "vectors", file));
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Dmex.Fast.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"Dmex.Fast.sln is not above {AppContext.BaseDirectory}.");
    }
}
