namespace Dmex.Fast;

/// <summary>The step of connecting or carrying bytes that failed.</summary>
public enum TransportFailure
{
    /// <summary>The host's name did not resolve to an address.</summary>
    NameResolution,

    /// <summary>No address of the host accepted a TCP connection.</summary>
    Connect,

    /// <summary>The time allowed for connecting ran out.</summary>
    Timeout,

    /// <summary>TLS failed before or beside the certificate: protocol, cipher, or a broken connection.</summary>
    Tls,

    /// <summary>The server's certificate was refused: name, chain or pin.</summary>
    Certificate,

    /// <summary>The connection broke while bytes were carried.</summary>
    Broken,

    /// <summary>The system refused a thread.</summary>
    Resources,
}
