using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.Proofs.Signing;

/// <summary>The rounding mode belongs to a thread that native code may have changed, so it is changed in a process of its own.</summary>
public sealed class RoundingModeTests
{
    [Fact]
    public async Task Signatures_are_right_in_every_rounding_mode_of_the_thread() => await ChildTests.RunAsync(
        ["-class", typeof(RoundingModeProbe).FullName!],
        new Dictionary<string, string>(StringComparer.Ordinal) { [RoundingModeProbe.Switch] = "1" });
}
