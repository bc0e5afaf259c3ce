using System.CommandLine;
using System.Globalization;
using Dmex.Fast.Cli.Input;
using Dmex.Fast.Cli.Output;
using Dmex.Fast.Standby.Nats;

namespace Dmex.Fast.Cli.Commands;

/// <summary><c>dmex standby init</c>: writes a cluster's certificates, configurations and keys.</summary>
internal sealed class StandbyInitCommand
{
    private const int StandardDays = 5 * 365;
    private const int MaxDays = 7300;

    private readonly Option<string> _directory = new("--directory")
    {
        HelpName = "DIRECTORY",
        Required = true,
        Description = "Where to; it must not exist, or be empty.",
    };

    private readonly Option<string[]> _servers = CreateList(
        "--servers", "HOST:PORT,…", "The servers as engine and standbys reach them: 1, 3 or 5, each on a host of its own but on loopback.");

    private readonly Option<string[]> _books = CreateList(
        "--books", "NAME…", "The books that the cluster keeps, each in an account of its own: a-z, 0-9 and '-'.");

    private readonly Option<string?> _install = new("--install-directory")
    {
        HelpName = "DIRECTORY",
        Description = "Where a server's folder will lie on its host; where it is written unless given.",
    };

    private readonly Option<string?> _data = new("--data-directory")
    {
        HelpName = "DIRECTORY",
        Description = "Where a server keeps its streams; in a folder of its own unless given.",
    };

    private readonly Option<bool> _sync = new("--sync-always")
    {
        Description = "Write each record through to the disk before it is acknowledged; for nats-server 2.11 or later.",
    };

    private readonly Option<int> _days = NumberOption.Create(
        "--certificate-lifetime", StandardDays, 1, MaxDays, "For how many days the servers' certificates are valid.");

    private StandbyInitCommand()
    {
    }

    /// <summary>The command with its options and action.</summary>
    public static Command Create()
    {
        var options = new StandbyInitCommand();
        var command = new Command(
            "init",
            "Writes what a cluster for standbys on other hosts needs: the servers' configurations and certificates, and for each book the "
                + "files by which engine, standbys and operators connect. Replaces nothing.")
        {
            options._directory,
            options._servers,
            options._books,
            options._install,
            options._data,
            options._sync,
            options._days,
        };
        command.SetAction(options.Run);
        return command;
    }

    private static Option<string[]> CreateList(string name, string form, string description) => new(name)
    {
        HelpName = form,
        Required = true,
        Description = description,
        AllowMultipleArgumentsPerToken = true,
        CustomParser = result => [.. result.Tokens.SelectMany(
            token => token.Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))],
    };

    private int Run(ParseResult parsed)
    {
        var options = new NatsClusterOptions
        {
            Servers = parsed.GetValue(_servers)!,
            Books = parsed.GetValue(_books)!,
            InstallDirectory = parsed.GetValue(_install),
            DataDirectory = parsed.GetValue(_data),
            SyncAlways = parsed.GetValue(_sync),
            CertificateLifetime = TimeSpan.FromDays(parsed.GetValue(_days)),
        };
        var directory = parsed.GetValue(_directory)!;
        try
        {
            NatsClusterConfiguration.Write(directory, options);
        }
        catch (ArgumentException error)
        {
            throw new CommandException(
                ExitCode.BadInput, $"{error.Message.Split(" (Parameter", 2)[0]} Nothing was written.", "Correct the flag.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(
                ExitCode.BadInput,
                $"{error.Message} Nothing was written.", "Name with --directory one that is not there yet, where you may write.", error);
        }

        Describe(directory, options);
        return (int)ExitCode.Done;
    }

    private static void Describe(string directory, NatsClusterOptions options)
    {
        WriteLine($"{directory}/authority", "signs the servers' certificates: keep it offline, on no host of these");
        for (var i = 0; i < options.Servers.Count; i++)
        {
            WriteLine(
                string.Create(CultureInfo.InvariantCulture, $"{directory}/server-{i + 1}"),
                $"to the host of {options.Servers[i]}: build/standby-cluster install, or nats-server -c "
                    + $"{NatsClusterConfiguration.ServerFileName}");
        }

        foreach (var book in options.Books)
        {
            WriteLine($"{directory}/{book}/engine", "to the engine's host");
            WriteLine($"{directory}/{book}/standby",
                $"to each standby's host: dmex standby --cluster {NatsClusterConfiguration.ClientFileName} --name NAME");
            WriteLine($"{directory}/{book}/operator", "to where dmex panic, dmex resume and dmex standby status are run");
        }

        Console.Error.WriteLine("Copy each folder whole, owned by the user that runs there; what is secret in it has mode 600 and must "
            + "keep it.");
    }

    private static void WriteLine(string folder, string where) => Console.WriteLine($"{folder,-32} {where}");
}
