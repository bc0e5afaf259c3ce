using Dmex.Fast.Hosting;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using QuotingEngine;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddDmexFast(builder.Configuration.GetSection("Dmex"));
builder.Services.AddHealthChecks().AddDmexFast();
builder.Services.AddOptions<QuotingOptions>().BindConfiguration("Quoting");
builder.Services.AddHttpClient();
builder.Services.AddSingleton(services =>
    ActivatorUtilities.CreateInstance<OrderMaker>(services, services.GetRequiredService<IHttpClientFactory>().CreateClient()));
builder.Services.AddHostedService<Quoter>();
builder.Services.AddOpenTelemetry()
    .WithMetrics(metrics => metrics.AddMeter("Dmex.Fast").AddConsoleExporter())
    .WithTracing(tracing => tracing.AddSource("Dmex.Fast").AddConsoleExporter());

var app = builder.Build();
app.MapHealthChecks("/health", new HealthCheckOptions
{
    ResponseWriter = (context, report) => context.Response.WriteAsync($"{report.Status}: {report.Entries["dmex"].Description}\n"),
});
app.Run();
