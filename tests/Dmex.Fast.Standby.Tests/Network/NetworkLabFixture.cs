namespace Dmex.Fast.Standby.Tests.Network;

/// <summary>One lab for a class of tests, made by the first that needs it, so that a test says what is missing.</summary>
public sealed class NetworkLabFixture : IDisposable
{
    private NetworkLab? _lab;

    internal NetworkLab Open()
    {
        if (_lab is null)
        {
            _lab = new NetworkLab();
            _lab.StartServers();
        }

        foreach (var server in _lab.Servers)
        {
            server.Start();
        }

        return _lab;
    }

    public void Dispose() => _lab?.Dispose();
}
