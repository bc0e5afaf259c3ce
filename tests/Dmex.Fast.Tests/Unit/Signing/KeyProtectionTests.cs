using System.Globalization;
using Dmex.Fast.Signing;
using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.Unit.Signing;

/// <summary>What <see cref="SigningKey.Protection"/> says is what the kernel says of the same pages.</summary>
public sealed unsafe class KeyProtectionTests
{
    [Fact]
    public void The_kernel_confirms_the_protection_of_the_keys_pages()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "/proc/self/smaps is Linux's.");
        using var key = SigningKey.FromBytes(Enumerable.Repeat((byte)0x11, 32).ToArray());
        var flags = FlagsOf((nuint)key.Material);
        Assert.Equal(key.Protection.HasFlag(KeyProtection.Locked), flags.Contains("lo"));
        Assert.Equal(key.Protection.HasFlag(KeyProtection.ExcludedFromDumps), flags.Contains("dd"));
        Assert.Equal(key.Protection.HasFlag(KeyProtection.ExcludedFromForks), flags.Contains("dc"));
    }

    [Fact]
    public void The_pages_before_and_after_a_keys_cannot_be_touched()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "/proc/self/smaps is Linux's.");
        using var key = SigningKey.FromBytes(Enumerable.Repeat((byte)0x11, 32).ToArray());
        Assert.True(key.Protection.HasFlag(KeyProtection.GuardPages));
        var page = (nuint)Environment.SystemPageSize;
        foreach (var neighbor in (nuint[])[(nuint)key.Material - page, (nuint)key.Material + page])
        {
            Assert.DoesNotContain("rd", FlagsOf(neighbor), StringComparer.Ordinal);
            Assert.DoesNotContain("wr", FlagsOf(neighbor), StringComparer.Ordinal);
        }
    }

    [Fact]
    public void The_kernel_confirms_the_protection_of_a_batch_signers_workspace()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "/proc/self/smaps is Linux's.");
        using var key = SigningKey.FromBytes(Enumerable.Repeat((byte)0x11, 32).ToArray());
        using var signer = new BatchSigner(key);
        fixed (byte* workspace = signer.Workspace)
        {
            // All of it or the flag is off: a limit on locked memory may leave out what a later signer needs.
            Assert.True(workspace is null || !signer.Protection.HasFlag(KeyProtection.Locked) || FlagsOf((nuint)workspace).Contains("lo"));
        }
    }

    [Fact]
    public void The_kernel_confirms_the_protection_of_a_signers_workspace()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "/proc/self/smaps is Linux's.");
        using var key = SigningKey.FromBytes(Enumerable.Repeat((byte)0x11, 32).ToArray());
        using var signer = new OrderSigner(key);
        fixed (byte* workspace = signer.Workspace)
        {
            var flags = FlagsOf((nuint)workspace);
            Assert.Equal(signer.Protection.HasFlag(KeyProtection.Locked), flags.Contains("lo"));
            Assert.Equal(signer.Protection.HasFlag(KeyProtection.ExcludedFromDumps), flags.Contains("dd"));
        }
    }

    [Fact]
    public void The_workspace_holds_nothing_after_a_signature()
    {
        using var key = SigningKey.FromBytes(Enumerable.Repeat((byte)0x11, 32).ToArray());
        using var signer = new OrderSigner(key);
        signer.Sign(SampleHashes.One, out _);
        Assert.Equal(-1, signer.Workspace.IndexOfAnyExcept((byte)0));
    }

    [Fact]
    public void The_workspace_holds_nothing_after_the_key_was_disposed()
    {
        var key = SigningKey.FromBytes(Enumerable.Repeat((byte)0x11, 32).ToArray());
        using var signer = new OrderSigner(key);
        signer.Sign(SampleHashes.One, out _);
        key.Dispose();
        Assert.Throws<ObjectDisposedException>(() => signer.Sign(SampleHashes.One, out _));
        Assert.Equal(-1, signer.Workspace.IndexOfAnyExcept((byte)0));
    }

    /// <summary>The VmFlags of the mapping that holds an address (proc(5), smaps).</summary>
    private static string[] FlagsOf(nuint address)
    {
        var inside = false;
        foreach (var line in File.ReadLines("/proc/self/smaps"))
        {
            if (line.Contains('-', StringComparison.Ordinal) && TryParseRange(line, out var start, out var end))
            {
                inside = start <= address && address < end;
            }
            else if (inside && line.StartsWith("VmFlags:", StringComparison.Ordinal))
            {
                return line["VmFlags:".Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            }
        }

        throw new InvalidOperationException("The address is in no mapping.");
    }

    private static bool TryParseRange(string line, out nuint start, out nuint end)
    {
        end = 0;
        var dash = line.IndexOf('-', StringComparison.Ordinal);
        var space = line.IndexOf(' ', StringComparison.Ordinal);
        return nuint.TryParse(line.AsSpan(0, dash), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out start)
            && space > dash
            && nuint.TryParse(
                line.AsSpan(dash + 1, space - dash - 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out end);
    }
}
