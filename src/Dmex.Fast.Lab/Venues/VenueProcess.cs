using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Dmex.Fast.Lab.Hosts;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Lab.Venues;

/// <summary>
/// The venue as a child process, so that neither its allocation nor its collections are counted as the client's. It is
/// this very program, run as <c>dmex venue --control</c>.
/// </summary>
internal sealed class VenueProcess : IMeasuredVenue
{
    private const int OrdersALine = 2_000;

    private static readonly TimeSpan ReplyTimeout = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan ExitTimeout = TimeSpan.FromSeconds(10);

    private readonly Process _process;

    private VenueProcess(Process process, Uri url, X509Certificate2 certificate)
    {
        _process = process;
        Url = url;
        Certificate = certificate;
    }

    /// <inheritdoc/>
    public Uri Url { get; }

    /// <inheritdoc/>
    public X509Certificate2 Certificate { get; }

    /// <inheritdoc/>
    public bool IsInProcess => false;

    /// <inheritdoc/>
    public int ProcessId => _process.Id;

    /// <summary>Starts the child and waits until it listens.</summary>
    /// <exception cref="InvalidOperationException">A child cannot be started here, or it ended at once.</exception>
    public static async Task<VenueProcess> StartAsync(CancellationToken cancellationToken)
    {
        var process = StartChild();
        try
        {
            var ready = await ReadAsync(process, cancellationToken);
            if (ready is not { Url: { } url, Certificate: { } pem })
            {
                throw new InvalidOperationException($"The venue process did not say where it listens: {ready}");
            }

            return new VenueProcess(process, url, X509Certificate2.CreateFromPem(pem));
        }
        catch
        {
            await StopAsync(process);
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task OpenAsync(EthereumAddress owner, IReadOnlyList<OrderHash> orders, CancellationToken cancellationToken)
    {
        foreach (var chunk in orders.Chunk(OrdersALine))
        {
            var request = new VenueRequest(VenueRequest.Open, chunk.Select(hash => hash.ToString()).ToList(), owner.ToString());
            var reply = await AskAsync(request, cancellationToken);
            if (reply.Opened != chunk.Length)
            {
                throw new InvalidOperationException($"The venue opened {reply.Opened ?? 0} orders of {chunk.Length}: {reply.Error}");
            }
        }
    }

    /// <inheritdoc/>
    public async Task<VenueAudit> AuditAsync(IReadOnlyList<OrderHash> orders, CancellationToken cancellationToken)
    {
        var total = new VenueAudit(0, [], []);
        foreach (var chunk in orders.Chunk(OrdersALine))
        {
            var reply = await AskAsync(
                new VenueRequest(VenueRequest.Audit, chunk.Select(hash => hash.ToString()).ToList()), cancellationToken);
            var part = reply.Audited ?? throw new InvalidOperationException($"The venue did not answer an audit: {reply.Error}");
            total = new VenueAudit(
                total.CanceledByOwner + part.CanceledByOwner,
                total.NotCanceled.Concat(part.NotCanceled).Take(VenueAudit.MaxListed).ToList(),
                part.Violations);
        }

        return total;
    }

    /// <inheritdoc/>
    public async Task<long[]> ReceiptsAsync(IReadOnlyList<OrderHash> orders, CancellationToken cancellationToken)
    {
        var all = new List<long>(orders.Count);
        foreach (var chunk in orders.Chunk(OrdersALine))
        {
            var reply = await AskAsync(
                new VenueRequest(VenueRequest.Receipts, chunk.Select(hash => hash.ToString()).ToList()), cancellationToken);
            all.AddRange(
                reply.Receipts ?? throw new InvalidOperationException($"The venue did not say what it received when: {reply.Error}"));
        }

        return [.. all];
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(_process);
        Certificate.Dispose();
    }

    private static Process StartChild()
    {
        var start = ThisProgram.Again();
        start.ArgumentList.Add("venue");
        start.ArgumentList.Add("--tls");
        start.ArgumentList.Add("--control");
        try
        {
            return Process.Start(start) ?? throw new InvalidOperationException($"{start.FileName} did not start.");
        }
        catch (Exception error) when (error is Win32Exception or PlatformNotSupportedException or FileNotFoundException)
        {
            throw new InvalidOperationException($"{start.FileName} cannot be started: {error.Message}", error);
        }
    }

    private static async Task StopAsync(Process process)
    {
        using (process)
        {
            try
            {
                // The end of its input is the child's signal to leave.
                process.StandardInput.Close();
                await process.WaitForExitAsync().WaitAsync(ExitTimeout);
            }
            catch (Exception error) when (error is TimeoutException or IOException)
            {
                process.Kill();
            }
        }
    }

    private async Task<VenueReply> AskAsync(VenueRequest request, CancellationToken cancellationToken)
    {
        await _process.StandardInput.WriteLineAsync(
            JsonSerializer.Serialize(request, VenueControlJson.Default.VenueRequest).AsMemory(), cancellationToken);
        await _process.StandardInput.FlushAsync(cancellationToken);
        return await ReadAsync(_process, cancellationToken);
    }

    private static async Task<VenueReply> ReadAsync(Process process, CancellationToken cancellationToken)
    {
        try
        {
            var line = await process.StandardOutput.ReadLineAsync(cancellationToken).AsTask().WaitAsync(ReplyTimeout, cancellationToken)
                ?? throw new InvalidOperationException("The venue process ended.");
            return JsonSerializer.Deserialize(line, VenueControlJson.Default.VenueReply)
                ?? throw new InvalidOperationException("The venue process answered with null.");
        }
        catch (Exception error) when (error is JsonException or TimeoutException or IOException)
        {
            throw new InvalidOperationException($"The venue process did not answer: {error.Message}", error);
        }
    }
}
