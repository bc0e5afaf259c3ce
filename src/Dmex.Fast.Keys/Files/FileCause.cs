namespace Dmex.Fast.Keys.Files;

/// <summary>Says in words why a file could not be used.</summary>
internal static class FileCause
{
    /// <summary>What went wrong with a file, without its name, which precedes it.</summary>
    public static string Of(Exception error, string path) => error switch
    {
        _ when Directory.Exists(path) => "it is a directory.",
        FileNotFoundException => "there is no such file.",
        DirectoryNotFoundException => "there is no such folder.",
        UnauthorizedAccessException => "this user may not.",
        _ => error.Message.Replace($" : '{path}'", ".", StringComparison.Ordinal),
    };
}
