using System.Text.Json;
using System.Text.Json.Serialization;

namespace Dmex.Fast.Standby.Nats.Configuration;

/// <summary>The options as a JSON file: paths are relative to its folder, so that the folder can be copied to another host.</summary>
internal sealed record NatsStandbyFile
{
    public required string Book { get; init; }

    public required NatsStandbyRole Role { get; init; }

    public required IReadOnlyList<string> Servers { get; init; }

    public string? CertificateAuthorityFile { get; init; }

    public string? SeedFile { get; init; }

    public string? CredentialsFile { get; init; }

    public string? KeyFile { get; init; }

    public int Replicas { get; init; } = 3;

    public static NatsStandbyOptions Read(string path)
    {
        NatsStandbyFile? file;
        try
        {
            file = JsonSerializer.Deserialize(File.ReadAllBytes(path), NatsStandbyFileContext.Default.NatsStandbyFile);
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path} is not a cluster's file as 'dmex standby init' writes it: {e.Message}", e);
        }

        if (file is null)
        {
            throw new InvalidDataException($"{path} is not a cluster's file as 'dmex standby init' writes it: it is empty.");
        }

        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        return new NatsStandbyOptions
        {
            Book = file.Book,
            Role = file.Role,
            Servers = file.Servers,
            CertificateAuthorityFile = Resolve(file.CertificateAuthorityFile),
            SeedFile = Resolve(file.SeedFile),
            CredentialsFile = Resolve(file.CredentialsFile),
            KeyFile = Resolve(file.KeyFile),
            Replicas = file.Replicas,
        };

        string? Resolve(string? name) => name is null ? null : Path.Combine(folder, name);
    }

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, NatsStandbyFileContext.Default.NatsStandbyFile);
}
