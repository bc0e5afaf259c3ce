namespace Dmex.Fast.Replies;

/// <summary>
/// Which property names are read as what. Names are compared in lower case without punctuation (<c>order_hash</c> is
/// <c>orderHash</c>). Only a name in <see cref="Names"/> can speak for a claim. Any other name is looked at by its fragments,
/// the lists below from first to last, and can only speak against one.
/// </summary>
internal static class ReplyNameTable
{
    /// <summary>Whole names, between spaces.</summary>
    public static readonly (ReplyField Field, string Names)[] Names =
    [
        (ReplyField.Operation, "op event type action method operation command cmd e eventtype msgtype messagetype name"
            + " replyto inreplyto responseto inresponseto optype requesttype rpc verb"),
        (ReplyField.State, "status state result orderstatus orderstate ordstatus ordstate exectype executiontype st x endstate finalstate"
            + " newstatus newstate"),
        (ReplyField.CancelState, "cancelstatus cancelstate cancelresult cancelationstatus cancellationstatus"),
        (ReplyField.Success, "success ok succeeded successful issuccess"),
        (ReplyField.Accepted, "accepted received acknowledged acked ack queued submitted isaccepted"),
        (ReplyField.IsCanceled, "canceled cancelled iscanceled iscancelled canceledorder cancelledorder canceledorders cancelledorders"
            + " canceledids cancelledids canceledorderids cancelledorderids canceledhashes cancelledhashes canceledorderhashes"
            + " cancelledorderhashes"),
        (ReplyField.IsOpen, "open isopen active isactive live islive working isworking resting isresting alive onbook inbook"
            + " isonbook stillopen stillactive pending ispending exists"),
        (ReplyField.IsClosed, "closed isclosed done isdone finished isfinished terminal isterminal applied effective final isfinal"
            + " finalized isfinalized confirmed isconfirmed"),
        (ReplyField.IsFilled, "filled"),
        (ReplyField.OpenLike, "test istest isfilled fullyfilled isfullyfilled isexecuted"),
        (ReplyField.EndedAt, "canceledat cancelledat canceltime canceledtime cancelledtime canceltimestamp canceledtimestamp"
            + " cancelledtimestamp closedat closetime deletedat removedat endedat finishedat"),
        (ReplyField.StateLike, "now current actual latest"),
        (ReplyField.CodeLike, "ret rc"),
        (ReplyField.Code, "code statuscode retcode scode httpcode httpstatus"),
        (ReplyField.Text, "message msg description detail details retmsg smsg text warning note info comment hint"),
        (ReplyField.Reason, "reason cause why cancelreason cancelationreason cancellationreason removalreason"),
        (ReplyField.Error, "err errs errno notcanceled notcancelled uncanceled uncancelled"),
        (ReplyField.Count, "count total affected processed num"),
        (ReplyField.CancelCount, "canceledcount cancelledcount cancelcount numcanceled numcancelled numbercanceled"
            + " numbercancelled totalcanceled totalcancelled"),
        (ReplyField.Remaining, "effectiveat eta etams etaseconds cancelat executeat wait waitms progress percentcanceled"
            + " percentcancelled"),
        (ReplyField.RetryAfterSeconds, "retryafter retryafterseconds retryafters"),
        (ReplyField.RetryAfterMilliseconds, "retryafterms retryaftermilliseconds retryaftermillis"),
        (ReplyField.Wrapper, "response payload body params content contents items events list reply output attributes"),
        (ReplyField.Echo, "request req query filter filters where input args arg originalrequest"),
        (ReplyField.HarmlessLike, "ts timestamp time date seq nonce price size amount v r s sig signature"
            + " latencyms latencyus elapsedms tookms"),
        (ReplyField.Match, "fills trades"),
        (ReplyField.Subject, "kind object entity resource subject"),
        (ReplyField.Harmless, "side symbol asset market user account owner client"
            + " channel topic table source jsonrpc version leverage stop stopped ismarket postonly reduceonly"
            + " closingorder api testnet hidden iceberg isleverage isbuy islong decimals amountdec header headers meta"
            + " metadata fees tif timeinforce"
            + " balance balances funds portfolio"
            + " previous prev old before bid ask last high low usin usout usdiff ordertype limit cursor"),
    ];

    /// <summary>
    /// Names of an order's hash, and the rank of each. Where an object has several, the highest counts; two hashes of the
    /// same rank that differ make the object unbelievable.
    /// </summary>
    public static readonly (int Rank, string Names)[] Hashes =
    [
        (3, "orderhash orderhashes"),
        (2, "hash hashes order orders orderid orderids ordid ordids oid oids orderuid"),
        (1, "id ids results clientorderid origclientorderid clordid origclordid cloid cloids"),
        (0, "data result txid txids c clientoid orderref orderkey"),
    ];

    /// <summary>A name with one of these in it is an error, unless its value is empty.</summary>
    public static readonly string[] Errors =
        ["error", "fail", "reject", "exception", "errmsg", "errcode", "denied", "refuse", "rejreason", "invalid"];

    /// <summary>What was before is no contradiction.</summary>
    public static readonly string[] HarmlessBeginnings =
        ["previousstat", "prevstat", "oldstat", "priorstat", "formerstat", "originalstat", "origstat", "lastupdate"];

    /// <summary>A name with one of these in it tells a state, whatever else is in it: <c>limit_order_status</c>.</summary>
    public static readonly string[] StateFirst = ["orderstat"];

    /// <summary>An end of a name that says what became of the order, and is no date.</summary>
    public const string Update = "update";

    /// <summary>These come before the fragments of states: <c>statusTimestamp</c> is a time.</summary>
    public static readonly string[] HarmlessEnds =
        ["time", "timestamp", "date", "createdat", "updatedat", "canceledat", "cancelledat", "closedat"];

    /// <summary>These come before the fragments of states too: <c>account</c> is no count.</summary>
    public static readonly string[] HarmlessFirst = ["limit", "quota", "account", "discount", "country"];

    public static readonly string[] StateLike =
    [
        "stat", "result", "outcome", "verdict", "phase", "stage", "lifecycle", "disposition", "success", "done",
        "queue", "schedul", "defer", "delay",
    ];

    public static readonly string[] CodeLike = ["code"];

    public static readonly string[] OpenLike =
        ["live", "open", "working", "active", "resting", "pending", "alive", "book", "exist", "dry", "simul", "preview",
        "revert", "rollback", "rolledback", "undone", "reinstat", "resurrect", "void", "tentativ", "provision",
        "validateonly", "testonly", "whatif", "noop", "annul", "overturn"];

    public static readonly string[] Remaining = ["remain", "leaves", "unfilled", "outstanding", "left", "unexec", "residual",
        "willcancel", "willbe", "cancelat", "cancelsat", "cancelafter", "closesat", "effectivein", "takeseffect",
        "skip", "ignor", "omit", "exclud", "unprocess", "untouch", "unchang"];

    public static readonly string[] Counts = ["count", "number", "num", "total"];

    public static readonly string[] Reasons = ["reason", "cause"];

    public static readonly string[] Texts =
        ["message", "msg", "text", "desc", "detail", "note", "info", "comment", "warn", "hint", "remark", "title"];

    /// <summary>These come before the harmless ones: a canceled amount of 0 is not harmless.</summary>
    public static readonly string[] Other = ["cancel", "affect", "delet", "remov", "chang", "valid", "verif"];

    /// <summary>The last: what is left after these is <see cref="ReplyField.Other"/>.</summary>
    public static readonly string[] Harmless =
    [
        "symbol", "market", "pair", "instrument", "asset", "coin", "currency", "product", "user", "owner", "address", "wallet",
        "client", "request", "session", "conn", "trace", "server", "host", "node", "region", "version", "sign", "side", "channel",
        "topic", "seq", "nonce", "price", "px", "qty", "quant", "size", "sz", "amount", "volume", "leverage", "margin", "fee", "time",
        "stamp", "uuid", "uid", "guid", "label", "ref", "chain", "block", "token", "percent", "rate", "created",
        "updatedby", "expir", "fill", "exec",
    ];

    /// <summary>An end of a name that is harmless where no fragment of a state was found.</summary>
    public const string HarmlessId = "id";
}
