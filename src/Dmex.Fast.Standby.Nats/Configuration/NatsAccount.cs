namespace Dmex.Fast.Standby.Nats.Configuration;

/// <summary>A book's account: its users by role and public nkey.</summary>
internal sealed record NatsAccount(string Book, IReadOnlyList<(NatsStandbyRole Role, string PublicKey)> Users);
