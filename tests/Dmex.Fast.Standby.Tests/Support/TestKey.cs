namespace Dmex.Fast.Standby.Tests.Support;

/// <summary>Keys in files of their own, which are removed at once.</summary>
internal static class TestKey
{
    public static StandbyKey New()
    {
        var path = Path.Combine(Path.GetTempPath(), $"standby-{Guid.NewGuid():n}.key");
        StandbyKey.CreateFile(path);
        try
        {
            return StandbyKey.OpenFile(path);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
