using Dmex.Fast.Standby.Nats;
using Microsoft.Extensions.Options;

namespace Dmex.Fast.Standby.Hosting.Configuration;

/// <summary>Names everything that is wrong with the options of an engine's standbys, when the host starts.</summary>
internal sealed class StandbyOptionsValidator(string name) : IValidateOptions<DmexStandbyOptions>
{
    public ValidateOptionsResult Validate(string? optionsName, DmexStandbyOptions options)
    {
        if (!string.Equals(optionsName, name, StringComparison.Ordinal))
        {
            return ValidateOptionsResult.Skip;
        }

        HashSet<string> errors = new([.. options.ReadErrors, .. options.Cluster.GetErrors()], StringComparer.Ordinal);
        if (options.CreateLink is null)
        {
            errors.UnionWith(options.Nats.GetErrors()
                .Where(error => !error.StartsWith(nameof(NatsStandbyOptions.Book), StringComparison.Ordinal)));
        }

        if (options.Nats.Role != NatsStandbyRole.Engine)
        {
            errors.Add($"File: the one of the engine's folder, not that of the role {options.Nats.Role}.");
        }

        if (options.Nats.KeyFile is null)
        {
            errors.Add("KeyFile: the file of the key that the engine shares with its standbys; 'dmex standby init' writes one.");
        }

        var prefix = string.IsNullOrEmpty(optionsName) ? string.Empty : $"[{optionsName}] ";
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors.Select(error => prefix + error));
    }
}
