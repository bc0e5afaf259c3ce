namespace Dmex.Fast.Hosting;

/// <summary>
/// What a hosted client is made of. Bound from a configuration section: the options of <see cref="DmexClientOptions"/> are in it
/// directly (<c>Endpoint</c>, <c>Account</c>, <c>Retry</c>, …), with <c>Key</c>, <c>Book</c> and <c>PanicOnShutdown</c> beside them. What
/// is an object in memory (<see cref="DmexClientOptions.AfterConnect"/>, <see cref="DmexClientOptions.Classifier"/>) is set in code.
/// </summary>
/// <remarks>Read once, when the client is made; not thread-safe while it is changed.</remarks>
public sealed class DmexHostOptions
{
    /// <summary>How the client connects and behaves. It connects in the background and keeps trying.</summary>
    public DmexClientOptions Client { get; } = new() { Reconnect = { ConnectInBackground = true } };

    /// <summary>Where the account's key is; without one every cancel comes with a signature or through a signer.</summary>
    public DmexKeyOptions Key { get; } = new();

    /// <summary>The book of armed cancels.</summary>
    public DmexBookOptions Book { get; } = new();

    /// <summary>Whether, and how, all armed orders are canceled when the host stops.</summary>
    public DmexShutdownOptions PanicOnShutdown { get; } = new();

    /// <summary>
    /// Makes the engine's side of standbys on other hosts for the client's book, before the client is made; null for none.
    /// <c>AddDmexStandby</c> of Dmex.Fast.Standby.Hosting sets it. The host ends what it makes.
    /// </summary>
    public Func<IServiceProvider, CancelBook, IHostedGuard>? CreateGuard { get; set; }

    /// <summary>The section that it was read from; empty for the configuration's root.</summary>
    internal string Path { get; set; } = string.Empty;

    /// <summary>What could not be read of the configuration.</summary>
    internal List<string> ReadErrors { get; } = [];
}
