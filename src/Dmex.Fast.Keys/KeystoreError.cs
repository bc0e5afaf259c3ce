namespace Dmex.Fast.Keys;

/// <summary>Why a keystore was not opened.</summary>
public enum KeystoreError
{
    /// <summary>The text is not a keystore: not JSON, cut off, or a member is missing or has the wrong form.</summary>
    Malformed,

    /// <summary>It is a keystore of a version, cipher or key derivation that is not supported.</summary>
    NotSupported,

    /// <summary>Opening it would take more memory or time than is allowed.</summary>
    TooCostly,

    /// <summary>The MAC does not match: the password is wrong, or the file was changed.</summary>
    WrongPassword,

    /// <summary>The key belongs to another address than the file says.</summary>
    WrongAddress,
}
