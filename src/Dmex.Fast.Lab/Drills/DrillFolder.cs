using Dmex.Fast.Signing;

namespace Dmex.Fast.Lab.Drills;

/// <summary>The files of a round of a drill.</summary>
/// <param name="Path">The folder; of its owner alone.</param>
internal sealed record DrillFolder(string Path) : IDisposable
{
    private const UnixFileMode OwnersAlone = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>The engine's book.</summary>
    public string Book => System.IO.Path.Combine(Path, "engine.book");

    /// <summary>The engine's beat page.</summary>
    public string Page => Book + ".beat";

    /// <summary>The venue's certificate.</summary>
    public string Certificate => System.IO.Path.Combine(Path, "venue.pem");

    private string Orders => System.IO.Path.Combine(Path, "orders");

    /// <summary>Makes one for orders, in memory where there is room for it.</summary>
    public static DrillFolder Create(IEnumerable<OrderHash> orders, string certificate)
    {
        const string Memory = "/dev/shm";
        var folder = new DrillFolder(!OperatingSystem.IsWindows() && Directory.Exists(Memory)
            ? Directory.CreateDirectory($"{Memory}/dmex-drill-{Guid.NewGuid():n}", OwnersAlone).FullName
            : Directory.CreateTempSubdirectory("dmex-drill-").FullName);
        File.WriteAllLines(folder.Orders, orders.Select(order => order.ToString()));
        File.WriteAllText(folder.Certificate, certificate);
        return folder;
    }

    /// <summary>The orders to arm.</summary>
    public OrderHash[] ReadOrders() => [.. File.ReadLines(Orders).Select(OrderHash.Parse)];

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(Path, recursive: true);
}
