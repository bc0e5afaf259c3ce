using System.Buffers;
using System.IO.Pipelines;
using System.Text;

namespace Dmex.Fast.Tests.Unit.WebSockets;

/// <summary>Two ends of a connection in memory; the test plays the server on one of them.</summary>
internal sealed class PipePair
{
    private readonly Pipe _toServer = new();
    private readonly Pipe _toClient = new();

    public PipePair() => Client = new End(_toClient.Reader, _toServer.Writer);

    public IDuplexPipe Client { get; }

    public PipeWriter ServerOutput => _toClient.Writer;

    /// <summary>Reads the client's request, its empty line included.</summary>
    public async Task<string> ReadRequestAsync()
    {
        while (true)
        {
            var result = await _toServer.Reader.ReadAsync();
            var text = Encoding.ASCII.GetString(result.Buffer);
            if (text.EndsWith("\r\n\r\n", StringComparison.Ordinal) || result.IsCompleted)
            {
                _toServer.Reader.AdvanceTo(result.Buffer.End);
                return text;
            }

            _toServer.Reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    public async Task RespondAsync(string response) => await ServerOutput.WriteAsync(Encoding.Latin1.GetBytes(response));

    private sealed record End(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
