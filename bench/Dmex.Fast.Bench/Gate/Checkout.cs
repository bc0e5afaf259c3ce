using System.Diagnostics;

namespace Dmex.Fast.Bench.Gate;

/// <summary>The checkout that this program was built from.</summary>
internal static class Checkout
{
    private const string Solution = "Dmex.Fast.sln";

    /// <summary>perf-results in it.</summary>
    /// <exception cref="InvalidDataException">The program does not lie in a checkout.</exception>
    public static string Results => Path.Combine(Root(), "perf-results");

    /// <summary>The commit, with -dirty behind it when a tracked file was changed.</summary>
    public static string Commit()
    {
        var commit = Git("rev-parse", "HEAD");
        return commit.Length == 0 ? "unknown" : Git("status", "--porcelain", "--untracked-files=no").Length > 0 ? commit + "-dirty"
            : commit;
    }

    private static string Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, Solution)))
            {
                return folder.FullName;
            }
        }

        throw new InvalidDataException($"{Solution} is not above this program: name the file.");
    }

    private static string Git(params string[] arguments)
    {
        var start = new ProcessStartInfo("git", ["-C", Root(), .. arguments]) { UseShellExecute = false, RedirectStandardOutput = true };
        try
        {
            using var process = Process.Start(start)!;
            var output = process.StandardOutput.ReadToEnd().Trim();
            process.WaitForExit();
            return process.ExitCode == 0 ? output : string.Empty;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return string.Empty; // no git on this machine
        }
    }
}
