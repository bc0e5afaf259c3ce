using Dmex.Fast.Signing;
using Dmex.Fast.Tests.Support;
using Dmex.Fast.Tests.Unit.Protocol;
using Dmex.Fast.Tests.Unit.Replies;
using Xunit;

namespace Dmex.Fast.Tests.Proofs.Allocation;

public sealed class MessageAllocationTests
{
    private const int Repetitions = 200;

    [Fact]
    public void Writing_a_cancel_allocates_nothing()
    {
        (var hash, var signature) = CancelMessageTests.Draw(new Random(1));
        var destination = new byte[CancelMessage.Length];
        Assert.Equal(0, AllocationMeter.Measure(Repetitions, () => CancelMessage.Write(in hash, in signature, destination)));
    }

    [Theory]
    [InlineData("{'op':'cancel_order','status':'canceled','order_hash':'A'}")]
    [InlineData("{'op':'cancel_order','status':'error','order_hash':'A','error':{'code':'order_not_open','reason':'filled','message':'the order is not open: it was filled'}}")]
    [InlineData("{'op':'cancel_order','status':'error','order_hash':'A','error':{'code':'rate_limited','retry_after_ms':250}}")]
    [InlineData("{'op':'cancel_orders','results':[{'order_hash':'A','status':'canceled','success':true},{'order_hash':'B','error':'order not found'}]}")]
    [InlineData("{'op':'order_update','data':{'order_hash':'A','status':'open'}}")]
    [InlineData("{'op':'ticker','price':1.5}")]
    [InlineData("pong")]
    public void Classifying_allocates_nothing(string text)
    {
        var classifier = new ReplyClassifier();
        var message = ReplyClassifierTests.Message(text);
        Assert.Equal(0, AllocationMeter.Measure(Repetitions, () => classifier.Classify(message, ReplyCounter.Instance)));
    }

    [Fact]
    public void The_meter_sees_a_classifier_that_allocates()
    {
        var classifier = new ReplyClassifier();
        var message = ReplyClassifierTests.Message("{'op':'ticker'}");
        Assert.NotEqual(0, AllocationMeter.Measure(Repetitions, () => classifier.Classify(message.ToArray(), ReplyCounter.Instance)));
    }
}
