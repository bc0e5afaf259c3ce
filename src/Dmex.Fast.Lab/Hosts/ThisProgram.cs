using System.Diagnostics;

namespace Dmex.Fast.Lab.Hosts;

/// <summary>Starts this very program again, or another one of ours, with its input and output in the caller's hands.</summary>
internal static class ThisProgram
{
    private const string DotNet = "dotnet";

    /// <summary>The command line that runs this very program: its file, and what comes before the arguments.</summary>
    /// <exception cref="InvalidOperationException">The program's path is unknown.</exception>
    public static ProcessStartInfo Again()
    {
        var program = Environment.ProcessPath ?? throw new InvalidOperationException("The path of this program is unknown.");
        var start = Redirected(program);
        if (Path.GetFileNameWithoutExtension(program).Equals(DotNet, StringComparison.OrdinalIgnoreCase))
        {
            // Run as "dotnet dmex.dll": the first argument of the process is the assembly.
            start.ArgumentList.Add(Path.GetFullPath(Environment.GetCommandLineArgs()[0]));
        }

        return start;
    }

    /// <summary>The command line that runs a program by its assembly.</summary>
    /// <param name="assembly">The path of its .dll.</param>
    public static ProcessStartInfo Other(string assembly)
    {
        var start = Redirected(DotNet);
        start.ArgumentList.Add(assembly);
        return start;
    }

    private static ProcessStartInfo Redirected(string program) => new(program)
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        UseShellExecute = false,
    };
}
