using Dmex.Fast.Hosting;
using Microsoft.Extensions.Options;

namespace Dmex.Fast.Standby.Hosting.Configuration;

/// <summary>Names what is wrong with the standbys' options together with what is wrong with the client's: all mistakes at once.</summary>
internal sealed class GuardOptionsValidator(string name, IOptionsMonitor<DmexStandbyOptions> standbys) : IValidateOptions<DmexHostOptions>
{
    public ValidateOptionsResult Validate(string? optionsName, DmexHostOptions options)
    {
        if (!string.Equals(optionsName, name, StringComparison.Ordinal))
        {
            return ValidateOptionsResult.Skip;
        }

        try
        {
            _ = standbys.Get(name);
            return ValidateOptionsResult.Success;
        }
        catch (OptionsValidationException e)
        {
            return ValidateOptionsResult.Fail(e.Failures);
        }
    }
}
