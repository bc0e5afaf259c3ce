using System.Diagnostics;
using System.Globalization;
using Dmex.Fast.Venue.Faults;
using Dmex.Fast.Venue.Orders;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Dmex.Fast.Venue.Sessions;

/// <summary>What happens to an HTTP request: refused, answered with orders, or made a WebSocket session.</summary>
internal sealed class VenueEndpoint(VenueCore core)
{
    private readonly HandshakeLog _log = new();
    private readonly OrderApi _orders = new(core);
    private long _connections;

    public VenueHandshake[] Handshakes => _log.Snapshot();

    public async Task HandleAsync(HttpContext context)
    {
        var faults = core.Faults;
        if (context.Request.Path == OrderApi.ListPath || context.Request.Path == OrderApi.OrderPath)
        {
            await _orders.HandleAsync(context);
            Log(context, 0, context.Response.StatusCode, null);
        }
        else if (context.Request.Path != core.Options.Path)
        {
            await RefuseAsync(context, StatusCodes.Status404NotFound, null);
        }
        else if (core.RateGate?.BanLeft(context.Connection.RemoteIpAddress) is { } banLeft)
        {
            await RefuseAsync(context, StatusCodes.Status429TooManyRequests, banLeft);
        }
        else if (faults.RefuseHandshake is { } refusal)
        {
            await RefuseAsync(context, refusal.StatusCode, refusal.RetryAfter);
        }
        else if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.Headers.Upgrade = "websocket";
            await RefuseAsync(context, StatusCodes.Status426UpgradeRequired, null);
        }
        else
        {
            await AcceptAsync(context);
        }
    }

    private async Task AcceptAsync(HttpContext context)
    {
        var subProtocol = core.Options.SubProtocol;
        if (subProtocol is not null && !context.WebSockets.WebSocketRequestedProtocols.Contains(subProtocol))
        {
            subProtocol = null;
        }

        // Registered before the client can know that it is connected, so that no operation on all connections misses one.
        var session = new VenueSession(core, context, Interlocked.Increment(ref _connections));
        core.Sessions[session.Id] = session;
        Log(context, session.Id, StatusCodes.Status101SwitchingProtocols, subProtocol);
        try
        {
            await session.RunAsync(new WebSocketAcceptContext { SubProtocol = subProtocol });
        }
        finally
        {
            core.Sessions.TryRemove(session.Id, out _);
            core.RateGate?.Forget(session.Id);
        }
    }

    private async Task RefuseAsync(HttpContext context, int statusCode, TimeSpan? retryAfter)
    {
        Log(context, 0, statusCode, null);
        context.Response.StatusCode = statusCode;
        context.Response.ContentType = "application/json";
        if (retryAfter is { } wait)
        {
            context.Response.Headers.RetryAfter =
                ((long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }

        await context.Response.Body.WriteAsync(VenueReplies.Refusal(statusCode));
    }

    private void Log(HttpContext context, long connectionId, int statusCode, string? subProtocol)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var header in context.Request.Headers)
        {
            headers[header.Key] = header.Value.ToString();
        }

        var path = context.Request.Path + context.Request.QueryString.ToString();
        _log.Add(new VenueHandshake(connectionId, statusCode, path, headers, subProtocol, Stopwatch.GetTimestamp()));
    }
}
