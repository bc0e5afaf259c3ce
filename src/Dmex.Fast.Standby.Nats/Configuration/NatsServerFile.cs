using System.Net;
using System.Text;
using Dmex.Fast.Standby.Nats.Servers;
using Dmex.Fast.Standby.Nats.Subjects;

namespace Dmex.Fast.Standby.Nats.Configuration;

/// <summary>The text of one server's configuration.</summary>
internal static class NatsServerFile
{
    public const string FileName = "nats-server.conf";

    private const long BytesPerBook = 1L << 30;

    public static string Write(
        string name,
        IReadOnlyList<NatsServerAddress> servers,
        int index,
        string folder,
        NatsClusterOptions options,
        IReadOnlyList<NatsAccount> accounts)
    {
        var text = new StringBuilder();
        var self = servers[index];
        var maxFile = options.MaxFileBytes ?? (BytesPerBook * (accounts.Count + 1));
        _ = text.Append(
            $$"""
            # {{name}}: nats-server -c {{folder}}/{{FileName}}
            server_name: "{{name}}"
            listen: "{{Listen(self, self.Port)}}"

            # A record of 1 MiB and its headers.
            max_payload: 2MB
            ping_interval: "2s"
            write_deadline: "2s"

            tls {
              cert_file: "{{folder}}/server.pem"
              key_file: "{{folder}}/server.key"
              timeout: 3
            }

            jetstream {
              store_dir: "{{options.DataDirectory ?? folder + "/data"}}"
              max_mem: {{256 << 20}}
              max_file: {{maxFile}}
            {{(options.SyncAlways ? "  sync_interval: always\n" : "")}}}


            """);
        if (servers.Count > 1)
        {
            WriteRoutes(text, servers, index, folder, options);
        }

        WriteAccounts(text, accounts);
        return text.ToString();
    }

    private static void WriteRoutes(
        StringBuilder text,
        IReadOnlyList<NatsServerAddress> servers,
        int index,
        string folder,
        NatsClusterOptions options)
    {
        var self = servers[index];
        var others = servers.Where((_, i) => i != index)
            .Select(server => $"    \"nats://{server.UriHost}:{server.Port + options.RoutePortOffset}\"\n");
        _ = text.Append(
            $$"""
            cluster {
              name: "dmex"
              listen: "{{Listen(self, self.Port + options.RoutePortOffset)}}"

              # Clients keep to the servers that they were told: each is counted once.
              no_advertise: true
              routes: [
            {{string.Concat(others)}}  ]
              tls {
                cert_file: "{{folder}}/server.pem"
                key_file: "{{folder}}/server.key"
                ca_file: "{{folder}}/ca.pem"
                verify: true
                timeout: 3
              }
            }


            """);
    }

    private static void WriteAccounts(StringBuilder text, IReadOnlyList<NatsAccount> accounts)
    {
        _ = text.Append("# One account a book, one key a role; no password and no private key of a role is here.\naccounts {\n");
        foreach (var account in accounts)
        {
            _ = text.Append($"  \"DMEX_{account.Book}\" {{\n    jetstream: enabled\n    users: [\n");
            foreach (var (role, key) in account.Users)
            {
                _ = text.Append(
                    $$"""
                          { # {{NatsNames.Name(role)}}
                            nkey: {{key}}
                            permissions: {
                              publish: { allow: [{{Quote(NatsPermissions.Publish(role, account.Book))}}] }
                              subscribe: { allow: [{{Quote(NatsPermissions.Subscribe(role, account.Book))}}] }
                            }
                          }

                    """);
            }

            _ = text.Append("    ]\n  }\n");
        }

        _ = text.Append("}\n");
    }

    private static string Quote(IEnumerable<string> subjects) =>
        "\n            " + string.Join("\n            ", subjects.Select(subject => $"\"{subject}\"")) + "\n          ";

    /// <summary>An address is listened on as it is; a name may stand for several, so the host listens on all that it has.</summary>
    private static string Listen(NatsServerAddress address, int port) =>
        IPAddress.TryParse(address.Host, out _) ? $"{address.UriHost}:{port}" : $"0.0.0.0:{port}";
}
