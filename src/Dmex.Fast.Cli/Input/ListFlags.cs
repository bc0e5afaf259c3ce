using System.CommandLine;
using Dmex.Fast.Cli.Output;

namespace Dmex.Fast.Cli.Input;

/// <summary>The flags that say where the venue's own list of open orders is.</summary>
internal sealed class ListFlags
{
    private readonly Option<string?> _list = new("--list-url")
    {
        HelpName = "URL",
        Description = "The venue's list of open orders, a second witness: https://, or http:// on loopback. "
            + $"With --url {VenueUrl.Documented} it is /api/orders at the same host unless given.",
    };

    private readonly Option<bool> _noList = new("--no-list") { Description = "Ask no list of open orders." };

    /// <summary>Adds the flags to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_list);
        command.Add(_noList);
    }

    /// <summary>Has the client ask the list, where there is one.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="options">The client's; its endpoint is set.</param>
    /// <param name="isNeeded">Whether the command is about the list: then it is derived from every venue.</param>
    /// <exception cref="CommandException">The URL is wrong, or the list is needed and ruled out.</exception>
    public void Apply(ParseResult parsed, DmexClientOptions options, bool isNeeded)
    {
        var (text, isOff) = (parsed.GetValue(_list), parsed.GetValue(_noList));
        if (isOff && (text is not null || isNeeded))
        {
            var message = text is not null ? "--list-url and --no-list rule each other out." : "--no-list leaves nothing to do.";
            throw Wrong(message, "Leave --no-list out.");
        }

        if (text is not null)
        {
            options.OpenOrders = new OpenOrdersOptions
            {
                Endpoint = Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is ("https" or "http")
                    ? url
                    : throw Wrong("--list-url is not the address of a list.", "Give it as https://host[:port]/path."),
            };
        }
        else if (!isOff && (isNeeded || options.Endpoint == DmexClientOptions.DocumentedEndpoint))
        {
            options.OpenOrders = new OpenOrdersOptions();
        }
    }

    private static CommandException Wrong(string message, string remedy) => new(ExitCode.BadInput, message, remedy);
}
