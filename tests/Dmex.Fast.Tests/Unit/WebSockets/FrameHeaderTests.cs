using Dmex.Fast.WebSockets;
using Xunit;

namespace Dmex.Fast.Tests.Unit.WebSockets;

public sealed class FrameHeaderTests
{
    [Theory]
    [InlineData(0, 2)]
    [InlineData(125, 2)]
    [InlineData(126, 4)]
    [InlineData(127, 4)]
    [InlineData(65535, 4)]
    [InlineData(65536, 10)]
    [InlineData(long.MaxValue, 10)]
    public void A_header_reads_back_as_it_was_written(long payloadLength, int headerLength)
    {
        for (var first = 0; first < 256; first++)
        {
            var header = new FrameHeader((first & 0x80) != 0, (first >> 4) & 7, (Opcode)(first & 15), first % 2 == 0, payloadLength);
            var bytes = new byte[FrameHeader.MaxLength];
            Assert.Equal(headerLength, header.Write(bytes));
            Assert.Equal(headerLength, header.Length);
            Assert.Equal(first, bytes[0]);
            for (var available = 0; available < headerLength; available++)
            {
                Assert.Equal(FrameHeaderStatus.NeedMore, FrameHeader.TryParse(bytes.AsSpan(0, available), out _));
            }

            Assert.Equal(FrameHeaderStatus.Complete, FrameHeader.TryParse(bytes.AsSpan(0, headerLength), out var parsed));
            Assert.Equal(header, parsed);
            Assert.Throws<ArgumentException>("destination", () => header.Write(new byte[headerLength - 1]));
        }
    }

    [Theory]
    [InlineData("817E0000", nameof(FrameHeaderStatus.LengthNotMinimal))]
    [InlineData("817E007D", nameof(FrameHeaderStatus.LengthNotMinimal))]
    [InlineData("817E007E", nameof(FrameHeaderStatus.Complete))]
    [InlineData("817F0000000000000001", nameof(FrameHeaderStatus.LengthNotMinimal))]
    [InlineData("817F000000000000FFFF", nameof(FrameHeaderStatus.LengthNotMinimal))]
    [InlineData("817F0000000000010000", nameof(FrameHeaderStatus.Complete))]
    [InlineData("817F8000000000000000", nameof(FrameHeaderStatus.LengthTopBitSet))]
    [InlineData("817FFFFFFFFFFFFFFFFF", nameof(FrameHeaderStatus.LengthTopBitSet))]
    [InlineData("817F7FFFFFFFFFFFFFFF", nameof(FrameHeaderStatus.Complete))]
    public void Only_the_shortest_form_of_a_length_is_taken(string hex, string status) =>
        Assert.Equal(status, FrameHeader.TryParse(Convert.FromHexString(hex), out _).ToString());

    [Fact]
    public void Close_codes_on_the_wire_are_those_of_the_registry()
    {
        for (var code = -1; code <= 70_000; code++)
        {
            var valid = code is 1000 or 1001 or 1002 or 1003 or 1007 or 1008 or 1009 or 1010 or 1011 or 1012 or 1013 or 1014
                or (>= 3000 and < 5000);
            Assert.Equal(valid, CloseCodeRules.IsValidOnWire((CloseCode)code));
        }
    }
}
