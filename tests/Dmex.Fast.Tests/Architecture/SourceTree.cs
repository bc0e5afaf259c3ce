using System.Diagnostics;
using Dmex.Fast.Tests.Support;

namespace Dmex.Fast.Tests.Architecture;

/// <summary>The files of the project: what git tracks, or without git what lies there outside the build's folders.</summary>
internal static class SourceTree
{
    private static readonly string[] BuildFolders =
        ["bin", "obj", "artifacts", "node_modules", "TestResults", "BenchmarkDotNet.Artifacts", ".git", ".vs", ".idea"];

    private static readonly Lazy<IReadOnlyList<string>> TrackedFiles = new(ReadTracked);

    /// <summary>Whether git told the files, so that nothing untracked is among them.</summary>
    public static bool IsFromGit { get; private set; }

    /// <summary>Paths from the root, with forward slashes; only files that exist.</summary>
    public static IReadOnlyList<string> Files => TrackedFiles.Value;

    public static string Text(string path) => File.ReadAllText(Path.Combine(Repository.Root, path));

    /// <summary>C# files below a folder.</summary>
    public static IEnumerable<string> Code(string folder) => Files.Where(
        file => file.StartsWith(folder + "/", StringComparison.Ordinal) && file.EndsWith(".cs", StringComparison.Ordinal));

    /// <summary>Files that hold text, by their first bytes.</summary>
    public static IEnumerable<string> TextFiles => Files.Where(file =>
    {
        var head = new byte[4096];
        using var stream = File.OpenRead(Path.Combine(Repository.Root, file));
        return !head.AsSpan(0, stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)).Contains((byte)0);
    });

    private static List<string> ReadTracked()
    {
        var files = FromGit();
        IsFromGit = files is not null;
        return [.. (files ?? FromDisk()).Where(file => File.Exists(Path.Combine(Repository.Root, file))).Order(StringComparer.Ordinal)];
    }

    private static string[]? FromGit()
    {
        var start = new ProcessStartInfo("git") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in new[] { "-C", Repository.Root, "ls-files", "-z" })
        {
            start.ArgumentList.Add(argument);
        }

        try
        {
            using var process = Process.Start(start)!;
            process.ErrorDataReceived += (_, _) => { };
            process.BeginErrorReadLine();
            var output = process.StandardOutput.ReadToEnd();
            return process.WaitForExit(Wait.Long) && process.ExitCode == 0 ? output.Split('\0', StringSplitOptions.RemoveEmptyEntries)
                : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null; // no git on this machine
        }
    }

    private static IEnumerable<string> FromDisk() =>
        Directory.EnumerateFiles(Repository.Root, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Repository.Root, file).Replace('\\', '/'))
            .Where(file => !file.Split('/').Any(part => BuildFolders.Contains(part, StringComparer.Ordinal)));
}
