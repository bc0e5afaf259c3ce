namespace Dmex.Fast.Standby.Sealing;

/// <summary>What became of a message that was to be opened.</summary>
internal enum OpenResult
{
    /// <summary>It is authentic.</summary>
    Opened,

    /// <summary>It came before: by another path, or because somebody sends it again.</summary>
    Repeated,

    /// <summary>It is too short to be one, or longer than there is room for.</summary>
    WrongLength,

    /// <summary>It is of another version of this library.</summary>
    OtherVersion,

    /// <summary>It is of another kind than this place takes, or of a sender whose role does not send this kind.</summary>
    NotAllowed,

    /// <summary>It was changed, or sealed with another key, for another book or by another sender than it says.</summary>
    Forged,
}
