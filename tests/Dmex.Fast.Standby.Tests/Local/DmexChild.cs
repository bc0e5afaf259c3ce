using System.Diagnostics;
using System.Globalization;

namespace Dmex.Fast.Standby.Tests.Local;

/// <summary>The built <c>dmex</c> as a process, line by line. One reader at a time; killed when it is disposed.</summary>
internal sealed class DmexChild : IDisposable
{
    private readonly Process _process;
    private readonly List<string> _lines = [];
    private readonly Task<string> _errors;

    private DmexChild(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
    }

    public static DmexChild Start(params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "dmex.dll"));
        Array.ForEach(arguments, start.ArgumentList.Add);
        _ = start.Environment.Remove("DMEX_PRIVATE_KEY");
        return new DmexChild(Process.Start(start)!);
    }

    public int Id => _process.Id;

    /// <summary>Runs to the end: the exit code, standard output and standard error.</summary>
    public static async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments)
    {
        using var child = Start(arguments);
        var output = await child._process.StandardOutput.ReadToEndAsync().WaitAsync(Patience.Long);
        return (await child.EndAsync(), output, await child._errors);
    }

    /// <summary>Reads lines up to one that begins with a word, or a notice of that kind.</summary>
    public async Task<string> ReadAsync(string word)
    {
        while (await _process.StandardOutput.ReadLineAsync().WaitAsync(Patience.Long) is { } line)
        {
            _lines.Add(line);
            if (line.StartsWith(word, StringComparison.Ordinal) || line.StartsWith($"{{\"notice\":\"{word}\"", StringComparison.Ordinal))
            {
                return line;
            }
        }

        throw new InvalidOperationException($"'{word}' did not come: {string.Join('\n', _lines)}\n{await _errors}");
    }

    public async Task TellAsync(string order)
    {
        await _process.StandardInput.WriteLineAsync(order);
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>Sends a signal, as <c>kill</c> does.</summary>
    public void Signal(string signal)
    {
        using var kill = Process.Start("/bin/kill", ["-s", signal, _process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    /// <summary>Waits for its end; its exit code.</summary>
    public async Task<int> EndAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Patience.Long);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
