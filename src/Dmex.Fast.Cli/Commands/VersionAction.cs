using System.CommandLine;
using System.CommandLine.Invocation;
using System.Reflection;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Cli.Commands;

/// <summary><c>dmex --version</c>: the version, and the kernel that this executable signs with on this processor.</summary>
internal sealed class VersionAction : SynchronousCommandLineAction
{
    public override int Invoke(ParseResult parseResult)
    {
        var version = typeof(VersionAction).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
        parseResult.InvocationConfiguration.Output.WriteLine($"{version}\nsigning kernel: {OrderSigner.KernelName}");
        return (int)Output.ExitCode.Done;
    }
}
