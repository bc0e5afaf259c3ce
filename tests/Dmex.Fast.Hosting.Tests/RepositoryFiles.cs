namespace Dmex.Fast.Hosting.Tests;

/// <summary>The files of the repository that this test was built in.</summary>
internal static class RepositoryFiles
{
    public static string Path(string relative)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(System.IO.Path.Combine(folder.FullName, "Dmex.Fast.sln")))
        {
            folder = folder.Parent;
        }

        return System.IO.Path.Combine(folder?.FullName ?? throw new DirectoryNotFoundException("Not in the repository."), relative);
    }
}
