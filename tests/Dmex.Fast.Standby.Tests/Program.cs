using Dmex.Fast.Standby.Tests.Network;
using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

namespace Dmex.Fast.Standby.Tests;

/// <summary>Runs the tests, or one process of the network lab: a host's engine or standby, to be killed and cut off.</summary>
internal static class Program
{
    public static Task<int> Main(string[] arguments) => arguments switch
    {
        [LabProgram.Word, ..] => LabProgram.RunAsync(arguments[1..]),
        _ when arguments.Contains("--server") || arguments.Contains("--internal-msbuild-node") =>
            TestPlatformTestFramework.RunAsync(arguments, SelfRegisteredExtensions.AddSelfRegisteredExtensions),
        _ => ConsoleRunner.Run(arguments),
    };
}
