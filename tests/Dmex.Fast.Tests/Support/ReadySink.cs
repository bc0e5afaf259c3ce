using Dmex.Fast.Connections;

namespace Dmex.Fast.Tests.Support;

/// <summary>Marks a connection that stands alone ready as soon as it is made, and drops what comes from it.</summary>
internal sealed class ReadySink : IConnectionSink
{
    public void OnMessage(VenueConnection connection, ReadOnlySpan<byte> payload, bool isText)
    {
    }

    public void OnStateChanged(VenueConnection connection, ConnectionState state)
    {
        if (state == ConnectionState.Preparing)
        {
            _ = connection.MarkReady();
        }
    }

    public void OnFault(Exception exception)
    {
    }
}
