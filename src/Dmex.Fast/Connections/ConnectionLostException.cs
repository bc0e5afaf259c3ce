namespace Dmex.Fast;

/// <summary>The connection ended before the client was ready.</summary>
public sealed class ConnectionLostException : IOException
{
    /// <summary>Describes the end.</summary>
    /// <param name="loss">The one reason.</param>
    public ConnectionLostException(ConnectionLoss loss)
        : base(loss?.Description, loss?.Exception)
    {
        ArgumentNullException.ThrowIfNull(loss);
        Loss = loss;
    }

    /// <summary>Describes the end.</summary>
    public ConnectionLostException()
    {
    }

    /// <summary>Describes the end.</summary>
    /// <param name="message">In words.</param>
    public ConnectionLostException(string message)
        : base(message)
    {
    }

    /// <summary>Describes the end.</summary>
    /// <param name="message">In words.</param>
    /// <param name="innerException">What the system reported.</param>
    public ConnectionLostException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>The one reason; null when the exception was not made by a client.</summary>
    public ConnectionLoss? Loss { get; }
}
