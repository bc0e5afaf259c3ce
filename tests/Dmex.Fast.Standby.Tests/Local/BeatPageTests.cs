using Dmex.Fast.Beats;
using Dmex.Fast.Signing;
using Xunit;

namespace Dmex.Fast.Standby.Tests.Local;

/// <summary>What a page says to who opens it.</summary>
public sealed class BeatPageTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dmex-page-");

    private string PagePath => Path.Combine(_folder.FullName, "page");

    [Fact]
    public void What_was_written_is_read()
    {
        var head = Head(ProcessMark.Current);
        using var made = BeatPage.Create(PagePath, head, fence: null);
        using var read = BeatPage.Open(PagePath);

        Assert.Equal(head, read.Head);
        Assert.Equal("page", Assert.Single(_folder.GetFiles()).Name);
    }

    [Theory]
    [InlineData(BeatPageError.NotAPage, 0)]
    [InlineData(BeatPageError.OtherVersion, 8)]
    [InlineData(BeatPageError.Damaged, 33)]
    [InlineData(BeatPageError.Damaged, 1_000)]
    public void A_wrong_byte_is_found_and_named(BeatPageError error, int at)
    {
        using (BeatPage.Create(PagePath, Head(ProcessMark.Current), fence: null))
        {
            var bytes = File.ReadAllBytes(PagePath);
            bytes[at] ^= 0x40;
            File.WriteAllBytes(PagePath, bytes);
        }

        Assert.Equal(error, Assert.Throws<BeatPageException>(() => BeatPage.Open(PagePath)).Error);
    }

    [Fact]
    public void A_page_that_is_missing_empty_or_open_to_others_is_refused()
    {
        Assert.Equal(BeatPageError.Missing, Error());
        File.WriteAllBytes(PagePath, []);
        Assert.Equal(BeatPageError.OpenToOthers, Error());
        Engines.Protect(PagePath);
        Assert.Equal(BeatPageError.NotAPage, Error());

        BeatPageError Error() => Assert.Throws<BeatPageException>(() => BeatPage.Open(PagePath)).Error;
    }

    [Fact]
    public void A_process_number_that_is_used_again_is_not_taken_for_the_engine()
    {
        using var page = BeatPage.Create(PagePath, Head(ProcessMark.Current with { StartedAt = 1 }), fence: null);

        Assert.False(page.Head.Process.IsRunning);
        Assert.Equal(BeatPageError.Ended, Assert.Throws<BeatPageException>(page.Attach).Error);
    }

    [Fact]
    public void A_page_of_an_earlier_boot_is_of_no_process() =>
        Assert.False((ProcessMark.Current with { Boot = Guid.NewGuid() }).IsRunning);

    [Fact]
    public void A_descriptor_that_is_not_the_engines_memory_is_refused()
    {
        using var page = BeatPage.Create(PagePath, Head(ProcessMark.Current), fence: null);
        Assert.Equal(BeatPageError.NotAttachable, Assert.Throws<BeatPageException>(page.Attach).Error);
    }

    [Fact]
    public void A_record_that_was_torn_says_nothing()
    {
        using var page = BeatPage.Create(PagePath, Head(ProcessMark.Current), fence: null);
        page.WriteFence(new StandbyFence(7, StandbyTrigger.Killed, DateTimeOffset.UnixEpoch, 1));
        Assert.Equal(7UL, page.Fence?.Id);

        var bytes = File.ReadAllBytes(PagePath);
        bytes[3072] ^= 1;
        File.WriteAllBytes(PagePath, bytes);
        Assert.Null(page.Fence);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static BeatPageHead Head(ProcessMark process) => new()
    {
        Process = process,
        Descriptor = 0,
        Ttl = TimeSpan.FromSeconds(2),
        MadeAt = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_123),
        Engine = Guid.NewGuid(),
        Account = EthereumAddress.Parse("0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf"),
        Book = Guid.NewGuid(),
        BookPath = "/books/engine.book",
    };
}
