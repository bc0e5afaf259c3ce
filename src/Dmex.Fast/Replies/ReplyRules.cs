using System.Buffers;

namespace Dmex.Fast.Replies;

/// <summary>
/// The table of the default rules: which properties are looked at, and what their words mean. The venue documents none of
/// this, so the table holds what comparable venues say, and leans one way: a cancel that is claimed wrongly leaves an order
/// open that its owner thinks closed, one that is not claimed stays unresolved, and its
/// caller may ask again.
/// <para>
/// Names are compared without case and punctuation (<c>order_hash</c> is <c>orderHash</c>). Values are compared as
/// <see cref="ReplyText"/>: lower-case words between single spaces, so <c>" fail"</c> is a beginning and <c>" failed "</c> a
/// word. Words that never decide (<see cref="Fillers"/>) are left out first, and <c>|</c> stands where a sentence ended.
/// </para>
/// </summary>
internal static class ReplyRules
{
    /// <summary>Words that are dropped before anything is compared.</summary>
    public const string Fillers = " a an the this that your is was are were has have had been hash id ";

    /// <summary>The only words that may stand beside a cancel word in a value that claims one.</summary>
    public const string Companions =
        " order orders all batch bulk mass by user owner client update updated event push notification message reply response"
        + " result report execution ok success successful succeeded successfully confirmed true cancel cancels cancellation"
        + " cancelled canceled cancelorder cancelorders ordercancel ordercancelled ordercanceled ";

    /// <summary>Property names, and what they are read as. A name may stand once in an object.</summary>
    public static readonly (string Name, ReplyField Field)[] Fields =
    [
        ("op", ReplyField.Operation), ("event", ReplyField.Operation), ("type", ReplyField.Operation),
        ("action", ReplyField.Operation),
        ("status", ReplyField.Outcome), ("state", ReplyField.Outcome), ("result", ReplyField.Outcome),
        ("success", ReplyField.Success), ("ok", ReplyField.Success), ("succeeded", ReplyField.Success),
        ("cancelled", ReplyField.IsCanceled), ("canceled", ReplyField.IsCanceled), ("iscancelled", ReplyField.IsCanceled),
        ("iscanceled", ReplyField.IsCanceled), ("open", ReplyField.IsOpen), ("isopen", ReplyField.IsOpen),
        ("active", ReplyField.IsOpen), ("isactive", ReplyField.IsOpen),
        ("code", ReplyField.Code), ("statuscode", ReplyField.Code), ("retcode", ReplyField.Code),
        ("message", ReplyField.Text), ("msg", ReplyField.Text), ("description", ReplyField.Text),
        ("detail", ReplyField.Text), ("details", ReplyField.Text), ("retmsg", ReplyField.Text), ("text", ReplyField.Text),
        ("warning", ReplyField.Text), ("note", ReplyField.Text),
        ("reason", ReplyField.Reason), ("cause", ReplyField.Reason),
        ("err", ReplyField.Error), ("errno", ReplyField.Error), ("notcancelled", ReplyField.Error),
        ("notcanceled", ReplyField.Error),
        ("retryafter", ReplyField.RetryAfterSeconds), ("retryafterseconds", ReplyField.RetryAfterSeconds),
        ("retryafterms", ReplyField.RetryAfterMilliseconds), ("retryaftermilliseconds", ReplyField.RetryAfterMilliseconds),
        ("orderhash", ReplyField.Hash), ("orderhashes", ReplyField.Hash), ("hash", ReplyField.Hash),
        ("hashes", ReplyField.Hash), ("order", ReplyField.Hash), ("orders", ReplyField.Hash), ("orderid", ReplyField.Hash),
        ("orderids", ReplyField.Hash),
        ("data", ReplyField.Wrapper), ("results", ReplyField.Wrapper), ("response", ReplyField.Wrapper),
        ("payload", ReplyField.Wrapper), ("body", ReplyField.Wrapper), ("params", ReplyField.Wrapper),
        ("content", ReplyField.Wrapper), ("items", ReplyField.Wrapper),
    ];

    /// <summary>A property whose name has one of these in it is an error, unless its value is empty.</summary>
    public static readonly string[] ErrorNames = ["error", "fail", "reject", "exception", "errmsg", "errcode"];

    /// <summary>Values of an error property that say that there is none.</summary>
    public static readonly string[] NoError = [" ", " 0 ", " null ", " none ", " no ", " false ", " ok ", " success ", " no error "];

    public static readonly SearchValues<string> Settled = SearchValues.Create(
        [" cancelled ", " canceled ", " ordercancelled ", " ordercanceled "], StringComparison.Ordinal);

    public static readonly SearchValues<string> Named = SearchValues.Create(
        [" cancel", " ordercancel", "cancelled ", "canceled "], StringComparison.Ordinal);

    public static readonly SearchValues<string> Affirmed = SearchValues.Create(
        [" ok ", " success ", " successful ", " succeeded ", " successfully ", " confirmed ", " true "],
        StringComparison.Ordinal);

    public static readonly SearchValues<string> Pending = SearchValues.Create(
        [
            " pending ", " open ", " new ", " live ", " active ", " received ", " accepted ", " accept ", " queued ", " request",
            " submitted ", " sent ", " processing ", " progress ", " cancelling ", " canceling ", " acknowledged ", " ack ",
            " partial", " scheduled ", " waiting ", " will ", " being ", " after ", " disconnect ", " timer ",
        ],
        StringComparison.Ordinal);

    public static readonly SearchValues<string> Errors = SearchValues.Create(
        [
            " error", " err ", " fail", " reject", " denied ", " refused ", " forbidden ", " unauthori", " invalid ", " illegal ",
            " malformed ", " bad ", " unable ", " cannot ", " cant ", " can't ", " couldn't ", " wasn't ", " isn't ", " not ", " no ", " never ",
            " unknown ", " unsupported ", " missing ", " unsuccessful", " exception", " aborted ", " insufficient ", " nack ",
            " false ",
        ],
        StringComparison.Ordinal);

    /// <summary>In an operation without a cancel word: the message is about something else.</summary>
    public static readonly SearchValues<string> OtherOperations = SearchValues.Create(
        [
            " create", " new ", " place", " submit", " amend", " modif", " replace", " edit", " subscri", " unsubscri", " update",
            " snapshot ", " fill", " trade", " match", " execution ", " auth", " login ",
        ],
        StringComparison.Ordinal);

    public static readonly SearchValues<string> Throttled = SearchValues.Create(
        [
            " rate limit", " ratelimit", " rate exceeded ", " too many request", " toomanyrequests ", " too many message",
            " too many cancel", " too many call", " throttl", " 429 ", " slow down ",
        ],
        StringComparison.Ordinal);

    public static readonly SearchValues<string> Busy = SearchValues.Create(
        [
            " busy ", " try again ", " retry ", " try later ", " internal error ", " internal server error ", " server error ",
            " internalerror ", " timeout", " timed out ", " time out ", " deadline exceeded ", " overload", " unavailable ",
            " temporar", " maintenance ", " bad gateway ", " resource exhausted ",
        ],
        StringComparison.Ordinal);

    /// <summary>
    /// What an error says of an order that is not open. Only whole phrases: "signature expired", "market not open", "unknown
    /// order type" and "cannot be canceled" say nothing of the kind.
    /// </summary>
    public static readonly (string Phrase, ReplyPhraseMatch Match, ReplyMarks Mark)[] Gone =
    [
        (" order not found ", ReplyPhraseMatch.Anywhere, ReplyMarks.GoneNotFound),
        (" orders not found ", ReplyPhraseMatch.Anywhere, ReplyMarks.GoneNotFound),
        (" no such order ", ReplyPhraseMatch.Anywhere, ReplyMarks.GoneNotFound),
        (" no order found ", ReplyPhraseMatch.Anywhere, ReplyMarks.GoneNotFound),
        (" no open order ", ReplyPhraseMatch.Anywhere, ReplyMarks.GoneNotFound),
        (" order not exist ", ReplyPhraseMatch.Anywhere, ReplyMarks.GoneNotFound),
        (" order does not exist ", ReplyPhraseMatch.Anywhere, ReplyMarks.GoneNotFound),
        (" order doesn't exist ", ReplyPhraseMatch.Anywhere, ReplyMarks.GoneNotFound),
        (" order doesnt exist ", ReplyPhraseMatch.Anywhere, ReplyMarks.GoneNotFound),
        (" unknown order ", ReplyPhraseMatch.AtEnd, ReplyMarks.GoneNotFound),
        (" unknown order sent ", ReplyPhraseMatch.AtEnd, ReplyMarks.GoneNotFound),
        (" order unknown ", ReplyPhraseMatch.Whole, ReplyMarks.GoneNotFound),
        (" not found ", ReplyPhraseMatch.Whole, ReplyMarks.GoneNotFound),
        (" order not open ", ReplyPhraseMatch.Anywhere, ReplyMarks.GoneUnspecified),
        (" order no longer open ", ReplyPhraseMatch.Anywhere, ReplyMarks.GoneUnspecified),
        (" order not active ", ReplyPhraseMatch.Anywhere, ReplyMarks.GoneUnspecified),
        (" order closed ", ReplyPhraseMatch.Anywhere, ReplyMarks.GoneUnspecified),
        (" order already closed ", ReplyPhraseMatch.Anywhere, ReplyMarks.GoneUnspecified),
        (" not open ", ReplyPhraseMatch.Whole, ReplyMarks.GoneUnspecified),
        (" order filled ", ReplyPhraseMatch.Anywhere, ReplyMarks.GoneFilled),
        (" order fully filled ", ReplyPhraseMatch.Anywhere, ReplyMarks.GoneFilled),
        (" order already fully filled ", ReplyPhraseMatch.Anywhere, ReplyMarks.GoneFilled),
        (" already filled ", ReplyPhraseMatch.Anywhere, ReplyMarks.GoneFilled),
        (" filled ", ReplyPhraseMatch.Whole, ReplyMarks.GoneFilled),
        (" order cancelled ", ReplyPhraseMatch.Anywhere, ReplyMarks.GoneCanceled),
        (" order canceled ", ReplyPhraseMatch.Anywhere, ReplyMarks.GoneCanceled),
        (" order already cancelled ", ReplyPhraseMatch.Anywhere, ReplyMarks.GoneCanceled),
        (" order already canceled ", ReplyPhraseMatch.Anywhere, ReplyMarks.GoneCanceled),
        (" already cancelled ", ReplyPhraseMatch.AtEnd, ReplyMarks.GoneCanceled),
        (" already canceled ", ReplyPhraseMatch.AtEnd, ReplyMarks.GoneCanceled),
        (" order expired ", ReplyPhraseMatch.Anywhere, ReplyMarks.GoneExpired),
        (" order already expired ", ReplyPhraseMatch.Anywhere, ReplyMarks.GoneExpired),

        // As an error or a code these may mean the request ("CANCELLED" is a status of gRPC) or the session.
        (" cancelled ", ReplyPhraseMatch.WholeReason, ReplyMarks.GoneCanceled),
        (" canceled ", ReplyPhraseMatch.WholeReason, ReplyMarks.GoneCanceled),
        (" expired ", ReplyPhraseMatch.WholeReason, ReplyMarks.GoneExpired),
    ];

    /// <summary>All phrases of <see cref="Gone"/>: most texts have none, and one search tells.</summary>
    public static readonly SearchValues<string> AnyGone =
        SearchValues.Create([.. Gone.Select(entry => entry.Phrase)], StringComparison.Ordinal);

    /// <summary>A text with one of these never says that an order is gone: it supposes, or speaks of a part or of another order.</summary>
    public static readonly SearchValues<string> NotGone = SearchValues.Create(
        [
            " if ", " unless ", " until ", " when ", " whether ", " may ", " might ", " maybe ", " should ", " must ", " will ",
            " wait ", " yet ", " neither ", " nor ", " partial", " unfilled ", " parent ", " linked ", " other ", " another ",
            " replacement ", " counterparty ", " being ", " pending ", " cancel order cancel", " cancel order expired ",
        ],
        StringComparison.Ordinal);
}
