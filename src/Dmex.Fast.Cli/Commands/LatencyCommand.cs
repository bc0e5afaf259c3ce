using System.CommandLine;
using System.Globalization;
using System.Runtime;
using System.Text.Json;
using Dmex.Fast.Cli.Input;
using Dmex.Fast.Cli.Output;
using Dmex.Fast.Lab.Hosts;
using Dmex.Fast.Lab.Latency;
using Dmex.Fast.Lab.Plots;
using Dmex.Fast.Lab.Statistics;
using Dmex.Fast.Lab.Tables;

namespace Dmex.Fast.Cli.Commands;

/// <summary><c>dmex latency</c>: how long a cancel takes, under a load that does not wait for it.</summary>
internal sealed class LatencyCommand
{
    private const int MaxOrders = 200_000;
    private const int MaxRate = 20_000;
    private const int MaxSeconds = 3_600;
    private const int MaxBurst = 100_000;
    private const int ConnectSeconds = 10;
    private const string Defect = "This is a defect of the program or of its simulated venue: please report it.";

    private readonly Option<int> _rate = NumberOption.Create(
        "--rate", 1_000, 1, MaxRate, "Cancels begun in a second, whether or not those before are answered.");
    private readonly Option<int> _duration = NumberOption.Create("--duration", 10, 1, MaxSeconds, "Seconds of each session.");
    private readonly Option<double?> _cold = NumberOption.CreateSeconds(
        "--cold", MaxSeconds, "Silence before each cancel, or each burst, in place of --rate.");
    private readonly Option<double?> _ping = NumberOption.CreateSeconds(
        "--ping", 1, "Silence after which the clients of this library ping; 1 is their own choice.");
    private readonly Option<string?> _usual = UsualOption.Create("Run the usual way beside it (System.Text.Json, ClientWebSocket), "
        + "and the best existing one (libsecp256k1) where that is installed; print ratios.");
    private readonly Option<int> _burst = NumberOption.Create(
        "--burst", 0, 1, MaxBurst, "Measure panics over so many orders instead of single cancels.");
    private readonly Option<int> _first = NumberOption.Create(
        "--first", 0, 1, 1_000, "Measure so many new processes instead, each from its start to its first cancel.");
    private readonly Option<bool> _firstChild = new("--first-child") { Description = "What --first starts.", Hidden = true };
    private readonly Option<int> _repeats = NumberOption.Create("--repeats", 11, 1, 1_000, "How often a burst is repeated.");
    private readonly Option<bool> _pin = new("--pin")
    {
        Description = "Keep this process and the venue's to processors of their own while cancels are measured (Linux).",
    };

    private readonly Option<string?> _gcLatency = new("--gc-latency")
    {
        HelpName = "MODE",
        Description = "The garbage collector's latency mode: interactive, sustained or batch.",
    };

    private readonly Option<int> _garbage = NumberOption.Create(
        "--garbage", 0, 0, 5_000, "Megabytes that another thread allocates in a second meanwhile, as the rest of a program does.");

    private readonly Option<string?> _url = ConnectFlags.CreateUrl(
        "A venue of your own in place of the simulated one: cancels the orders of --hashes there, for good.");

    private readonly Option<string?> _hashes = new("--hashes")
    {
        HelpName = "FILE",
        Description = "With --url: the orders to cancel, one hash a line; - reads standard input.",
    };

    private readonly Option<bool> _json = new("--json") { Description = "Print one JSON object and nothing else on standard output." };

    private readonly Option<string?> _hgrm = new("--hgrm")
    {
        HelpName = "PREFIX",
        Description = "Write HdrHistogram's percentile files: PREFIX-way-stage.hgrm.",
    };

    private readonly Option<string?> _plot = new("--plot")
    {
        HelpName = "FILE.svg",
        Description = "Draw the percentiles, as SVG.",
    };

    private readonly KeyFlags _key = new();
    private readonly ConnectFlags _flags = new();

    private LatencyCommand()
    {
    }

    /// <summary>The command with its options and action.</summary>
    public static Command Create()
    {
        var options = new LatencyCommand();
        var command = new Command(
            "latency",
            "Measures single cancels, signed on the spot and armed, from the intended start to the kernel, to the venue and to the "
                + "confirmation; or bursts (--burst), or the start of a process (--first). Against the simulated venue in a "
                + "process of its own, which checks every signature afterwards; needs no key and no network. Exit code 1 if an "
                + "order stayed open.")
        {
            options._rate,
            options._duration,
            options._cold,
            options._ping,
            options._usual,
            options._burst,
            options._first,
            options._firstChild,
            options._repeats,
            options._pin,
            options._gcLatency,
            options._garbage,
            options._json,
            options._hgrm,
            options._plot,
            options._url,
            options._hashes,
        };
        options._key.AddTo(command);
        options._flags.AddTo(command, hasRate: false);
        command.SetAction(options.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        if (parsed.GetValue(_firstChild))
        {
            await FirstCancelChild.RunAsync(Console.In, Console.Out, cancellationToken);
            return (int)ExitCode.Done;
        }

        var plan = Read(parsed);
        RefuseContradictions(parsed, plan);
        if (plan.GcLatency is { } mode)
        {
            GCSettings.LatencyMode = mode;
        }

        var started = DateTime.UtcNow;
        var host = HostReport.Read();
        var stolen = HostReport.ReadStolen();
        var (report, sessions) = await MeasureAsync(parsed, plan, new LatencyReport
        {
            Command = "dmex " + string.Join(' ', parsed.Tokens.Select(token => token.Value)),
            StartedUtc = started,
            Host = host,
            Runtime = RuntimeReport.Read(),
            Pinned = plan.Pin,
        }, cancellationToken);
        report = report with
        {
            Host = host with { LoadAtEnd = HostReport.ReadLoad(), StolenSeconds = HostReport.ReadStolen() - stolen },
            Runtime = report.Runtime with { SignatureMicros = SigningTime.Measure() },
        };
        if (parsed.GetValue(_json))
        {
            Console.WriteLine(JsonSerializer.Serialize(report, LatencyJson.Default.LatencyReport));
        }
        else
        {
            LatencyTable.Write(report);
        }

        try
        {
            WriteFiles(parsed, [.. sessions.SelectMany(session => session.Stages)], plan, report);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.OutputLost, $"A file of --hgrm or --plot cannot be written: {error.Message}",
                "Name a folder that is there and that you may write to.", error);
        }

        return (int)(cancellationToken.IsCancellationRequested ? ExitCode.StillOpen : Conclude(report));
    }

    private async Task<(LatencyReport Report, List<SessionResult> Sessions)> MeasureAsync(
        ParseResult parsed, LatencyPlan plan, LatencyReport report, CancellationToken cancellationToken)
    {
        if (parsed.GetValue(_url) is { } url)
        {
            var orders = await HashInput.ReadFileAsync("--hashes", parsed.GetRequiredValue(_hashes)!, cancellationToken);
            var options = await _flags.ReadAsync(
                parsed, VenueUrl.Parse(url), TimeSpan.FromSeconds(ConnectSeconds), orders.Count, cancellationToken);
            options.Liveness.PingInterval = plan.Ping ?? options.Liveness.PingInterval;
            using var key = await _key.LoadAsync(parsed, cancellationToken);
            options.Account = key.Address;
            Interruption.HasSent = true;
            var foreign = await RunProgress.RunAsync(progress => ForeignSession.RunAsync(
                plan, token => VenueClient.ConnectAsync(options, key, token), orders, progress, cancellationToken));
            return (report with { OpenLoop = foreign.Report }, foreign.Results);
        }

        KeySource.ForgetEnvironment();
        if (plan.Burst > 0)
        {
            var burst = await RunProgress.RunAsync(progress => BurstRunner.RunAsync(plan, progress, cancellationToken));
            return (report with { Burst = burst }, []);
        }

        if (parsed.GetValue(_first) is > 0 and var processes)
        {
            var first = await RunProgress.RunAsync(progress => FirstCancelRunner.RunAsync(processes, progress, cancellationToken));
            return (report with { FirstCancel = first }, []);
        }

        var openLoop = await RunProgress.RunAsync(progress => OpenLoopRunner.RunAsync(plan, progress, cancellationToken));
        return (report with { OpenLoop = openLoop.Report }, openLoop.Results);
    }

    private LatencyPlan Read(ParseResult parsed) => new()
    {
        Rate = parsed.GetValue(_rate),
        Duration = TimeSpan.FromSeconds(parsed.GetValue(_duration)),
        Cold = parsed.GetValue(_cold) is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        Ping = parsed.GetValue(_ping) is { } ping ? TimeSpan.FromSeconds(ping) : null,
        Usual = UsualOption.Read(parsed, _usual),
        Pin = parsed.GetValue(_pin),
        GcLatency = ReadGcLatency(parsed.GetValue(_gcLatency)),
        Garbage = parsed.GetValue(_garbage),
        Burst = parsed.GetValue(_burst),
        Repeats = parsed.GetValue(_repeats),
    };

    private static GCLatencyMode? ReadGcLatency(string? text) => text switch
    {
        null => null,
        "interactive" => GCLatencyMode.Interactive,
        "sustained" => GCLatencyMode.SustainedLowLatency,
        "batch" => GCLatencyMode.Batch,
        _ => throw Wrong($"--gc-latency '{text}' is not a mode.", "Give interactive, sustained or batch."),
    };

    private void RefuseContradictions(ParseResult parsed, LatencyPlan plan)
    {
        var isForeign = parsed.GetValue(_url) is not null;
        var openLoop = plan.Burst == 0 && parsed.GetValue(_first) == 0;
        Refuse(isForeign && parsed.GetValue(_hashes) is null, "--url needs --hashes FILE: the orders that may be canceled there.",
            "Name them, or leave --url out for the simulated venue.");
        Refuse(!isForeign && parsed.GetValue(_hashes) is not null, "--hashes needs --url: orders are canceled where they are.",
            "Name the venue, or leave --hashes out for the simulated one's own orders.");
        Refuse(
            !isForeign && _flags.FirstGiven(parsed) is not null, $"{_flags.FirstGiven(parsed)} needs --url: the simulated venue is known.",
            "Leave it out.");
        Refuse(
            isForeign && (plan.Usual is not null || plan.Pin || plan.Garbage > 0 || !openLoop),
            "--url does not go with --usual, --burst, --first, --garbage and --pin, which need the simulated venue.",
            "Leave one out; 'dmex panic' fires a burst at a venue.");
        Refuse(plan.Cold is not null && IsGiven(_rate), "--cold and --rate contradict each other.", "Give the silence or the rate.");
        Refuse(plan.Burst > 0 && parsed.GetValue(_first) > 0, "--burst and --first are measurements of their own.",
            "Run the command twice.");
        Refuse(
            !openLoop && (parsed.GetValue(_hgrm) ?? parsed.GetValue(_plot)) is not null,
            "--hgrm and --plot are for sessions of single cancels.", "Leave them out, or leave out --burst and --first.");
        Refuse(
            !openLoop && (IsGiven(_rate) || IsGiven(_duration) || IsGiven(_garbage) || plan.Ping is not null),
            "--rate, --duration, --ping and --garbage are for sessions of single cancels.", "Leave them out; --repeats says how often.");
        Refuse(
            plan.Orders > MaxOrders,
            $"--rate times --duration is {plan.Orders.ToString("N0", CultureInfo.InvariantCulture)} cancels, above {MaxOrders:N0}.",
            "Lower one of them: the simulated venue keeps every message.");
        Refuse(plan.Cold > plan.Duration, "--cold is longer than --duration: no cancel would begin.", "Raise --duration, or lower --cold.");
        Refuse(parsed.GetValue(_plot) is not null && !PercentilePlot.IsAvailable, "--plot: this native executable does not draw.",
            "Use --hgrm, whose files other tools draw, or the dmex that runs on .NET.");

        foreach (var file in (string?[])[parsed.GetValue(_hgrm), parsed.GetValue(_plot)])
        {
            Refuse(
                file is not null && !Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(file))), $"The folder of {file} is not there.",
                "Make it first.");
        }

        bool IsGiven(Option<int> option) => parsed.GetResult(option) is { Implicit: false };
    }

    private static void Refuse(bool holds, string message, string remedy)
    {
        if (holds)
        {
            throw Wrong(message, remedy);
        }
    }

    private static CommandException Wrong(string message, string remedy) => new(ExitCode.BadInput, message, remedy);

    private void WriteFiles(ParseResult parsed, List<StageSeries> series, LatencyPlan plan, LatencyReport report)
    {
        if (parsed.GetValue(_hgrm) is { } prefix)
        {
            foreach (var file in Hgrm.Write(prefix, series))
            {
                Console.Error.WriteLine($"wrote {file}");
            }
        }

        if (parsed.GetValue(_plot) is { } path)
        {
            PercentilePlot.Write(path, series, plan.Cold is { } silence
                ? $"One cancel after each {silence.TotalSeconds} s of silence, loopback TLS"
                : $"{plan.Rate:N0} cancels per second, open loop, loopback TLS",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{report.Host.Name}; {report.StartedUtc:yyyy-MM-dd HH:mm} UTC; {(report.Host.IsFit ? "fit" : "not fit")} "
                    + $"for figures of latency to rely on"));
            Console.Error.WriteLine($"wrote {path}");
        }
    }

    private static ExitCode Conclude(LatencyReport report)
    {
        foreach (var session in report.OpenLoop?.Sessions ?? [])
        {
            if (session.Confirmed != session.Orders)
            {
                ErrorText.Write(
                    $"Not every order is confirmed as canceled ({session.Name}): {session.Confirmed} of {session.Orders}. "
                    + $"{session.FirstFailure}",
                    report.OpenLoop!.EmbeddedVenue ? Defect : "Look at the venue, and cancel what is open with 'dmex cancel'.");
                return ExitCode.StillOpen;
            }
        }

        foreach (var series in report.Burst?.Series ?? [])
        {
            if (series.Confirmed != series.Orders)
            {
                ErrorText.Write(
                    $"Not every order of the bursts is confirmed as canceled ({series.Name}): {series.Confirmed} of {series.Orders}.",
                    Defect);
                return ExitCode.StillOpen;
            }
        }

        foreach (var series in report.FirstCancel?.Series ?? [])
        {
            if (series.Confirmed != series.Processes)
            {
                ErrorText.Write($"Not every process's cancel is confirmed ({series.Name}): {series.Confirmed} of {series.Processes}.",
                    Defect);
                return ExitCode.StillOpen;
            }
        }

        return ExitCode.Done;
    }
}
