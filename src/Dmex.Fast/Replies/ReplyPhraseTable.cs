namespace Dmex.Fast.Replies;

/// <summary>
/// What phrases mean. Values are compared as <see cref="ReplyText"/>: lower-case words. <c>fail*</c> is the beginning of a
/// word, <c>=not found</c> the whole text, <c>unknown order$</c> its end, <c>a + b</c> both anywhere in the text, and
/// <c>:</c> marks where a sentence or a part of one ended.
/// </summary>
internal static class ReplyPhraseTable
{
    /// <summary>States that are settled although a word in them sounds otherwise.</summary>
    public static readonly ReplyPhrases SettledStates = new(
        "=partially filled canceled", "=partially filled cancelled", "=sibling filled canceled",
        "=open interest cap canceled");

    /// <summary>Operations of the protocol that carries the message (graphql-transport-ws): they say nothing.</summary>
    public static readonly ReplyPhrases Carriers = new("=next");

    /// <summary>What was only tried out.</summary>
    public static readonly ReplyPhrases Simulated = new(
        "preview*", "simulat*", "dry run*", "what if", "hypothetical*");

    /// <summary>States of a match, a liquidation or a delisting that was called off: the order may be open.</summary>
    public static readonly ReplyPhrases ForeignStates = new(
        "trade*", "liquidation cancel*", "delisting cancel*");

    /// <summary>These are the order's all the same.</summary>
    public static readonly ReplyPhrases SelfTrades = new(
        "self trade*");

    /// <summary>States that are none.</summary>
    public static readonly ReplyPhrases NoState = new(
        "=unknown", "=order unknown", "=unspecified", "=undefined", "=indeterminate", "=undetermined", "=unclear", "=state unknown");

    /// <summary>Reasons that speak neither for nor against.</summary>
    public static readonly ReplyPhrases HarmlessReasons = new(
        "=user request", "=user requested", "=requested by user", "=client request", "=client requested",
        "=user requested cancel", "=by user", "=user", "=manual", "=none", "=na", "=n a");

    /// <summary>Values of an error property that say that there is none.</summary>
    public static readonly ReplyPhrases NoError = new(
        "=", "=0", "=null", "=none", "=no", "=false", "=ok", "=success", "=no error", "=na", "=n a", "=nil", "=undefined",
        "=ec no error", "=ec per cancel request", "=unknown cancel failure reason");

    public static readonly ReplyPhrases Throttled = new(
        "rate limit*", "ratelimit*", "rate exceeded", "order rate", "message rate", "request rate", "rate above", "rate too",
        "too many", "too much", "too frequent*", "too often", "too fast", "frequen*", "toomanyrequests", "throttl*", "429",
        "slow down", "weight", "quota*", "ban", "banned", "limit reached", "limit exceeded", "limit hit", "exceed* + limit",
        "request limit", "message limit", "requests per", "orders per", "messages per", "cancels per", "per second",
        "per minute", "flood*", "back off", "backoff", "cool down", "cooldown", "lock out", "lockout", "locked out",
        "temporarily blocked", "temporarily locked", "credits", "allowance", "burst", "flow control", "over limit", "rate cap",
        "too quick*", "limit + reached", "excessive", "limited to", "blocked for", "token bucket", "bucket empty", "bucket + empty",
        "resource exhausted", "spam*", "too rapid*", "rapidly", "cooling down", "cooling off", "in cool down", "pace", "rps",
        "per block", "per window", "per 10 s*", "points exhausted", "out of credits", "out of points", "cap reached", "cap exceeded",
        "message cap", "request cap", "rate budget", "budget exhausted", "budget exceeded", "limiter", "penalty", "penaliz*",
        "exceed* + allowed", "exceed* + maximum + per", "exceed* + rate", "exceed* + requests", "exceed* + messages",
        "requests + minute", "requests + second", "messages + second", "slow your", "slow it down", "ease off", "hold off");

    /// <summary>Too many of these are wrong every time.</summary>
    public static readonly ReplyPhrases NotThrottled = new(
        "too many decimal*", "too many digit*", "too many param*", "too many argument*", "too many field*",
        "too much precision", "price limit", "limit price");

    public static readonly ReplyPhrases Busy = new(
        "busy", "try again", "retry", "try later", "internal error", "internal server", "internalerror", "server error",
        "system error", "service error", "engine error", "database*", "backend", "network error", "unexpected error",
        "unexpected response", "something went wrong", "timeout*", "timed out", "time out", "deadline exceeded", "overload*",
        "unavailable", "not available", "no longer available", "temporar*", "maintenance", "not ready", "upgrad*", "upstream",
        "gateway", "restart*", "reboot*", "shutting down", "shutdown", "shut down", "starting", "startup", "offline",
        "connection + lost", "connection + refused", "connection + reset", "connection + closed", "connect* + fail*",
        "unreachable", "not connected", "disconnected", "queue full", "buffer full", "capacity", "degraded",
        "failover", "leader", "settlement + progress", "state unknown", "status unknown",
        "outcome unknown", "result unknown", "fate unknown", "not responding", "no response", "recovering", "recovery",
        "syncing", "initializing", "initialising", "warming up", "circuit breaker", "is down", "service down", "down for",
        "currently down", "backpressure", "please wait", "congest*", "=internal", "right now", "at moment", "at time",
        "etimedout", "econn*", "ehostunreach", "enetunreach", "epipe", "could not reach", "cannot reach", "can't reach",
        "unable to reach", "failed to reach", "could not connect", "unable to connect", "failed to connect", "cannot connect",
        "dependency", "unable to process", "could not process", "cannot process", "cannot be processed",
        "could not be processed", "overwhelmed", "stalled", "stale engine", "lock timeout", "lock wait", "deadlock", "not reachable",
        "not synced", "not in sync", "not yet ready", "booting", "migrat*", "rebalanc*", "failing over", "no leader", "leader election",
        "queue + full", "mempool full", "worker died", "worker crashed", "crash*", "panic*", "out of memory",
        "oom", "transient*", "intermittent*", "in read only mode", "read only mode", "trading paused", "paused for", "auction mode",
        "not processed", "dropped", "service interrupt*", "interrupted", "aborted due", "broken pipe", "socket hang up",
        "context deadline", "deadline elapsed", "deadline passed", "connection pool", "pool exhausted", "rpc error", "rpc failed", "node behind",
        "replica", "sequencer");

    /// <summary>These pass when they are said of the venue, not of an account.</summary>
    public static readonly ReplyPhrases BusyStates = new(
        "suspend*", "halt*", "paused", "pausing");

    public static readonly ReplyPhrases NotBusyStates = new(
        "account", "user", "key", "wallet", "permission*", "trader", "address");

    /// <summary>In an error: another copy of the cancel is at work, so nothing is decided.</summary>
    public static readonly ReplyPhrases UnderWay = new(
        "being cancel*", "cancel of order pending", "cancel* + progress", "canceling", "cancelling", "pending cancel*", "cancel* pending",
        "under cancel*", "already requested", "already submitted", "already sent", "already queued", "already pending",
        "already received", "already processing", "sent already", "requested already", "submitted already", "queued already",
        "received already", "cancel already", "being processed", "duplicate cancel*", "duplicate request", "duplicate message",
        "duplicate order cancel*", "cancel* + under way", "cancel* underway", "awaiting cancel*", "cancel* + flight",
        "cancel* queued", "cancel* requested", "cancel process*", "cancel already in", "already in cancel*", "already being cancel*",
        "previous cancel*", "earlier cancel*", "another cancel*", "outstanding cancel*");

    /// <summary>In any text, against any claim: the cancel is not carried out yet.</summary>
    public static readonly ReplyPhrases UnderWayTexts = new(
        "pending cancel*", "cancel* pending", "will be cancel*", "being cancel*", "not yet", "in progress", "canceling",
        "cancelling");

    /// <summary>In any text, against any claim.</summary>
    public static readonly ReplyPhrases Denials = new(
        "not cancel*", "wasn't cancel*", "isn't cancel*", "hasn't cancel*", "cannot + cancel*", "could not + cancel*",
        "couldn't + cancel*", "can't + cancel*", "can not + cancel*", "unable + cancel*", "failed to cancel*",
        "cancel* failed", "cancel* rejected", "cancel* denied", "cancel* refused", "not be cancel*", "nothing cancel*",
        "no order* cancel*", "no orders", "uncancel*", "still", "stays", "stay open", "remains", "remain open",
        "partially cancel*", "partly cancel*", "not success*", "unsuccessful*", "not removed", "not accepted", "restored",
        "reopened", "reinstat*", "revert*", "back on book", "back in book", "rolled back", "rollback", "undone", "revoked",
        "unconfirmed", "not confirmed", "not effective", "not final*", "order open", "order live", "order active");

    /// <summary>
    /// What an error says of an order that is not open. "signature expired", "market not open", "unknown order type" and
    /// "cannot be canceled" say nothing of the kind.
    /// </summary>
    public static readonly (ReplyMarks Mark, ReplyPhrases Phrases)[] Gone =
    [
        (ReplyMarks.GoneNotFound, new(
            "order not found", "orders not found", "order with not found", "no such order*", "no such active order*",
            "no such open order*", "no order found", "no order with", "no order for", "no order of", "no open order*",
            "no active order*", "no matching order*", "no matching open order*", "no order exist*", "order* not exist*",
            "order* does not exist", "order* doesn't exist", "order* doesnt exist", "order* do not exist", "unknown order$",
            "unknown order sent$", "=order unknown", "=not found", "=does not exist", "order not known", "order not placed",
            "never placed", "could not find order*", "couldn't find order*", "unrecognized order*", "unrecognised order*",
            "order not recognized", "order not recognised", "could not locate order*", "couldn't locate order*", "cannot locate order*", "can't locate order*",
            "unable to find order*", "unable to locate order*", "failed to find order*", "failed to locate order*",
            "order not located", "no record of order*", "no records of order*", "no order* matching", "no order* known",
            "not known order*", "order not in system", "order not in database", "unknown order:", "no order in", "cannot find order*", "can not find order*",
            "can't find order*", "order cannot be found", "order could not be found", "order can't be found",
            "order couldn't be found")),
        (ReplyMarks.GoneFilled, new(
            "order filled", "order fully filled", "order completely filled", "already filled", "already + filled",
            "filled already", "it filled", "=filled", "=fully filled", "filled state", "state: filled", "state filled",
            "status: filled", "status filled", "fully executed", "already executed", "executed already", "order executed",
            "already traded", "traded already", "already matched", "matched already", "already fully matched", "order matched",
            "fully matched", "completely matched", "entirely filled", "entirely executed", "completely executed", "fill already",
            "trade already", "order already settled", "order already consumed", "order already taken", "order fully consumed",
            "order nothing remaining", "order no remaining quantity", "order no remaining amount", "order zero remaining",
            "cancel filled", ": filled$", ": executed$", ": matched$")),
        (ReplyMarks.GoneCanceled, new(
            "order canceled", "order cancelled", "order already canceled", "order already cancelled", "already canceled$",
            "already cancelled$", "=already canceled", "=already cancelled", "canceled already", "cancelled already",
            "order previously canceled", "order previously cancelled", "order already canceled by", "order already cancelled by",
            "order already revoked", "order already voided", "already cxl*", "order canceled before$", "order cancelled before$",
            "previously canceled$", "previously cancelled$",
            "state: canceled", "state: cancelled", "state canceled", "state cancelled", "status: canceled",
            "status: cancelled", "already in canceled", "already in cancelled")),
        (ReplyMarks.GoneExpired, new(
            "order lapsed", "order already lapsed", "order past expiry", "order expired", "order already expired", "=already expired",
            "=expired already", "already in expired",
            "state: expired", "status: expired")),
        (ReplyMarks.GoneUnspecified, new(
            "order* not open", "order* no longer open", "order* no longer active", "order* no longer live",
            "order* no longer exist*", "order* no longer working", "no longer on book", "no longer in book", "no longer on order book",
            "no longer in order book", "order* not active", "order* not live",
            "order* not working", "order* not resting", "not on book", "not in book", "not on order book", "not in order book",
            "order closed", "order* already closed", "=already closed", "=closed already", "=not open", "=not active",
            "not open order", "not active order", "not live order", "terminal state", "terminal status", "order terminal",
            "order inactive", "inactive order", "order done", "order already done", "order completed",
            "order already complete*", "order finished", "order already finish*", "order already final*", "order final*",
            "too late", "=already done", "=already completed", "=already finished", "=already finalized", "=already gone",
            "=already inactive", "order already inactive", "order gone", "order dead", "order archived", "order removed",
            "order already removed", "order deleted", "order already deleted", "state: closed", "state closed",
            "status: closed", "status closed", "final state", "order isn't open", "order isn't active", "order isn't live",
            "order isn't resting", "isn't on book", "isn't in book", "isn't on order book", "isn't in order book", "already terminal",
            ": closed$", "canceled before: or filled", "canceled or expired", "cancelled or expired", "filled or canceled",
            "filled or cancelled",
            "canceled or filled", "cancelled or filled", "matched or canceled", "matched or cancelled", "executed or canceled",
            "executed or cancelled", "canceled or executed", "cancelled or executed", "expired or canceled", "expired or cancelled",
            "filled or expired", "nothing to cancel", "nothing left to cancel", "no order* to cancel", "no open order* to cancel",
            "order already invalidated", "order invalidated", "order already ended", "order ended", "order already off book",
            "order off book", "order* no longer valid", "order* no longer available", "order* no longer present",
            "order already purged", "order already archived", "order already in terminal", "order already in final",
            "order already dead", "order already gone")),
    ];

    /// <summary>
    /// As an error or a code these may mean the request ("CANCELLED" is a status of gRPC) or the session: only a reason counts.
    /// </summary>
    public static readonly (ReplyMarks Mark, ReplyPhrases Phrases)[] GoneReasons =
    [
        (ReplyMarks.GoneCanceled, new(
            "=canceled", "=cancelled")),
        (ReplyMarks.GoneExpired, new(
            "=expired")),
    ];

    /// <summary>A text with one of these never says that an order is gone: it supposes, or speaks of a part or of another order.</summary>
    public static readonly ReplyPhrases NotGone = new(
        "if", "unless", "until", "when", "whether", "may", "might", "maybe", "should", "must", "will", "wait", "yet",
        "neither", "nor", "partial*", "unfilled", "parent", "linked", "other", "another", "replacement", "counterparty",
        "being", "pending", "still", "cancel order cancel*", "cancel order expired");
}
