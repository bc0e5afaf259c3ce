using System.Text;
using Dmex.Fast.Hosting.Configuration;
using Dmex.Fast.Keys;
using Dmex.Fast.Signing;
using Dmex.Fast.Venue;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Dmex.Fast.Hosting.Tests;

/// <summary>What docs/hosting.md shows is what runs here.</summary>
public sealed class HostingDocumentTests : IDisposable
{
    private static readonly string Document = File.ReadAllText(RepositoryFiles.Path("docs/hosting.md"));
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dmex-document");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task The_engine_of_the_document_cancels_at_the_simulated_venue()
    {
        var (keyFile, orders) = (Path.Combine(_folder.FullName, "key.txt"), Path.Combine(_folder.FullName, "orders.txt"));
        KeyFile.Write(keyFile, [.. Enumerable.Repeat((byte)0x42, 32)]);
        using var key = KeyFile.Open(keyFile);
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions(), TestContext.Current.CancellationToken);
        var order = new OrderHash([.. Enumerable.Repeat((byte)7, 32)]);
        venue.OpenOrder(order.AsSpan(), key.Address.AsSpan());
        await File.WriteAllLinesAsync(orders, [order.ToString()], TestContext.Current.CancellationToken);
        using var host = Build(
        [
            "--Orders", orders,
            "--Dmex:Endpoint", venue.Url.ToString(),
            "--Dmex:Account", key.Address.ToString(),
            "--Dmex:Key:File", keyFile,
        ]);

        await host.StartAsync(TestContext.Current.CancellationToken);

        await Waiting.Until(() => venue.CanceledCount == 1, "the order is canceled");
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public void The_engine_of_the_document_is_the_one_that_runs()
    {
        const string Usings = "using Dmex.Fast;\nusing Dmex.Fast.Hosting;\nusing Dmex.Fast.Signing;\n\n";
        var program = Example(RepositoryFiles.Path("tests/Dmex.Fast.Hosting.Tests/HostingDocumentTests.cs"))
            .Replace("\n        ", "\n", StringComparison.Ordinal).Trim() + "\n";
        var engine = Example(RepositoryFiles.Path("tests/Dmex.Fast.Hosting.Tests/Engine.cs"));

        var shown = Between(Document, "```csharp\n", "```");

        Assert.Equal(Usings + program + "builder.Build().Run();\n\n" + engine, shown);
        Assert.True(shown.Count(letter => letter == '\n') < 30, "an engine has less than 30 lines");
    }

    [Fact]
    public void The_configurations_of_the_document_are_read_without_a_mistake()
    {
        var blocks = Document.Split("```json\n")[1..];
        Assert.Equal(3, blocks.Length);
        foreach (var block in blocks)
        {
            var json = block[..block.IndexOf("```", StringComparison.Ordinal)]
                .Replace("0x…", "0x" + new string('1', 40), StringComparison.Ordinal);
            using MemoryStream stream = new(Encoding.UTF8.GetBytes(json));
            DmexHostOptions options = new();

            HostOptionsReader.Read(new ConfigurationBuilder().AddJsonStream(stream).Build().GetSection("Dmex"), options);

            Assert.Empty(options.ReadErrors);
            Assert.Empty(options.Client.GetErrors());
        }
    }

    private static IHost Build(string[] args)
    {
        // <example>
        var builder = Host.CreateApplicationBuilder(args);
        builder.Services.AddDmexFast(builder.Configuration.GetSection("Dmex"));
        builder.Services.AddHostedService<Engine>();
        // </example>
        builder.Logging.ClearProviders();
        return builder.Build();
    }

    private static string Example(string path) => Between(File.ReadAllText(path), "// <example>\n", "// </example>");

    private static string Between(string text, string begin, string end)
    {
        var start = text.IndexOf(begin, StringComparison.Ordinal) + begin.Length;
        return text[start..text.IndexOf(end, start, StringComparison.Ordinal)];
    }
}
