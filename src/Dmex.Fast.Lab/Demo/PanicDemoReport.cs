using System.Text.Json.Serialization;
using Dmex.Fast.Lab.Contenders;

namespace Dmex.Fast.Lab.Demo;

/// <summary>The burst of the demo: ours, and beside it the same burst by other means in the same run.</summary>
internal sealed record PanicDemoReport : PanicFigures
{
    /// <summary>Signed one by one with BouncyCastle when it is needed, sent by ClientWebSocket.</summary>
    [JsonPropertyOrder(10)]
    public required PanicFigures Usual { get; init; }

    /// <summary>Signed ahead of time, as ours; sent by ClientWebSocket, one message a call.</summary>
    [JsonPropertyOrder(11)]
    public required PanicFigures PreSigned { get; init; }

    /// <summary>Our first burst in the process, before any of it had run.</summary>
    [JsonPropertyOrder(12)]
    public required PanicFigures Cold { get; init; }
}
