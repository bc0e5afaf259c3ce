namespace Dmex.Fast;

/// <summary>A connection ended.</summary>
public sealed class ConnectionLostEventArgs : EventArgs
{
    /// <summary>Describes the end.</summary>
    public ConnectionLostEventArgs(ConnectionLoss loss) => Loss = loss;

    /// <summary>The one reason.</summary>
    public ConnectionLoss Loss { get; }
}
