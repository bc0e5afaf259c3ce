using Microsoft.Extensions.Options;

namespace Dmex.Fast.Hosting.Hosts;

/// <summary>The name of a client of the host, by which its options are found; empty for the one without a name.</summary>
internal sealed record ClientName(string Value)
{
    /// <summary>Reads the options of every client, so that the mistakes of all accounts are told at once.</summary>
    /// <exception cref="OptionsValidationException">Some are wrong; it names all that is.</exception>
    public static void ValidateAll(IEnumerable<ClientName> names, IOptionsMonitor<DmexHostOptions> options)
    {
        List<string> failures = [];
        foreach (var name in names)
        {
            try
            {
                _ = options.Get(name.Value);
            }
            catch (OptionsValidationException e)
            {
                failures.AddRange(e.Failures);
            }
        }

        if (failures.Count > 0)
        {
            throw new OptionsValidationException(nameof(DmexHostOptions), typeof(DmexHostOptions), failures);
        }
    }
}
