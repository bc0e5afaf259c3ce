namespace Dmex.Fast.Tests.Proofs.MachineCode;

/// <summary>Where a register's value comes from, as far as a method's own code tells.</summary>
internal enum ValueOrigin
{
    /// <summary>Constants and public parameters alone, and steps and shifts of them: the counter of a loop, whatever the secrets.</summary>
    Constant,

    /// <summary>A parameter, a result or something read from memory, with constants added: an address, if it is used as one.</summary>
    Given,

    /// <summary>Computed from what was given.</summary>
    Computed,
}
