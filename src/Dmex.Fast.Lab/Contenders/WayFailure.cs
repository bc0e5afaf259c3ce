namespace Dmex.Fast.Lab.Contenders;

/// <summary>A cancel that ended with an exception, not with an outcome.</summary>
internal static class WayFailure
{
    /// <summary>Takes it down as not confirmed, with the exception's words.</summary>
    public static void Note(CancelSamples samples, int index, Exception error)
    {
        samples.NoteFailure($"order {samples.Orders[index]}: {error.Message}");
        samples.End(index, 0, confirmed: false, copies: 0);
    }
}
