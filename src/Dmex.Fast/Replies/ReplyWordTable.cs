namespace Dmex.Fast.Replies;

/// <summary>
/// What single words mean. The venue documents none of this, so the tables hold what comparable venues say. What is missing
/// here costs a claim, and never makes one: a claim needs words that are listed and none that are not. <c>fail*</c> is the
/// beginning of a word.
/// </summary>
internal static class ReplyWordTable
{
    public static readonly (ReplyWord Kind, string Words)[] Words =
    [
        (ReplyWord.Filler, "a an the this that your is was are were has have had been hash id"),
        (ReplyWord.Cancel | ReplyWord.Settled | ReplyWord.Companion,
            "canceled cancelled ordercanceled ordercancelled orderscanceled orderscancelled"),
        (ReplyWord.Cancel | ReplyWord.Companion, "cancel cancels cancelation cancellation cancellations cancelorder cancelorders"
            + " cancelallorders ordercancel masscancel batchcancel cxl"),
        (ReplyWord.Cancel, "cancel* ordercancel*"),
        (ReplyWord.Cancel | ReplyWord.Acknowledged, "canceling cancelling"),
        (ReplyWord.Affirmed | ReplyWord.Companion, "ok okay success successful succeeded successfully confirmed true"),
        (ReplyWord.Done | ReplyWord.Companion, "done complete completed"),
        (ReplyWord.Companion, "order orders all batch bulk mass multiple by user owner client update updated event push notification"
            + " message reply response result report execution status state ws private"),
        (ReplyWord.StateCompanion, "admin system exchange engine venue operator margin self trade stp prevention reduce only post"
            + " liquidated liquidation delisted delisting ioc fok risk manually automatically auto immediately fully"),
        (ReplyWord.Acknowledged, "pending receive* accept* queue* enqueued request* submit* sent processing progress acknowledg* ack"
            + " acked scheduled waiting awaiting will would be if next desired target* planned intended"
            + " proposed expected hypothetical* simulat* preview* example being initiated started forwarded routed"
            + " dispatched relayed deferred delayed flight inflight underway soon shortly later effort under"),
        (ReplyWord.Open, "open opened new live active working resting untriggered triggered booked placed standing alive unfilled"
            + " unchanged untouched skip* ignored omitted excluded kept remain* stays stay still reopened restored matching partial*"
            + " partly"),
        (ReplyWord.Partial, "partial* partly"),
        (ReplyWord.Ended, "filled executed expired closed traded matched"),
        (ReplyWord.Negative, "error* err fail* reject* denied refused forbidden unauthori* invalid illegal malformed bad unable cannot"
            + " cant not no never unknown unsupported missing unsuccessful* exception* aborted insufficient nack false wrong nothing"
            + " neither nor without 0 zero"),
        (ReplyWord.OtherOperation, "create* new place* submit* amend* modif* replace* edit* subscri* unsubscri* update* snapshot fill*"
            + " trade* match* execution auth* login insert*"),
        (ReplyWord.Foreign, "withdraw* deposit* transfer* amend* modif* replace* edit* position* reorg* rollback* failover"),
        (ReplyWord.Match, "trade trades fill fills"),
        (ReplyWord.Topic, "order"),
        (ReplyWord.Neutral, "limit market stop spot perp futures linear inverse buy sell action data channel mark"),
    ];
}
