using Xunit;

namespace Dmex.Fast.Tests.EndToEnd.Conformance;

/// <summary>
/// The sequences of cases 6.5 to 6.23: case id, whether it is UTF-8 (RFC 3629), octets. They are those of Markus Kuhn's
/// "UTF-8 decoder capability and stress test" as the Autobahn test suite takes them over.
/// </summary>
internal static class Utf8Sequences
{
    public static TheoryData<string, bool, string> All { get; } = new()
    {
        // 6.5: Text in one to four octets a character.
        { "6.5.1", true, "68656C6C6F24776F726C64" },
        { "6.5.2", true, "68656C6C6FC2A2776F726C64" },
        { "6.5.3", true, "68656C6C6FE282AC776F726C64" },
        { "6.5.4", true, "68656C6C6FF0A4ADA2776F726C64" },
        { "6.5.5", true, "CEBAE1BDB9CF83CEBCCEB5" },
        // 6.6: Every prefix of a text of several octets a character.
        { "6.6.1", false, "CE" },
        { "6.6.2", true, "CEBA" },
        { "6.6.3", false, "CEBAE1" },
        { "6.6.4", false, "CEBAE1BD" },
        { "6.6.5", true, "CEBAE1BDB9" },
        { "6.6.6", false, "CEBAE1BDB9CF" },
        { "6.6.7", true, "CEBAE1BDB9CF83" },
        { "6.6.8", false, "CEBAE1BDB9CF83CE" },
        { "6.6.9", true, "CEBAE1BDB9CF83CEBC" },
        { "6.6.10", false, "CEBAE1BDB9CF83CEBCCE" },
        { "6.6.11", true, "CEBAE1BDB9CF83CEBCCEB5" },
        // 6.7: First sequence of each length.
        { "6.7.1", true, "00" },
        { "6.7.2", true, "C280" },
        { "6.7.3", true, "E0A080" },
        { "6.7.4", true, "F0908080" },
        // 6.8: First sequence of five and six octets, which are no characters.
        { "6.8.1", false, "F888808080" },
        { "6.8.2", false, "FC8480808080" },
        // 6.9: Last sequence of each length.
        { "6.9.1", true, "7F" },
        { "6.9.2", true, "DFBF" },
        { "6.9.3", true, "EFBFBF" },
        { "6.9.4", true, "F48FBFBF" },
        // 6.10: Last sequence of four, five and six octets, which are no characters.
        { "6.10.1", false, "F7BFBFBF" },
        { "6.10.2", false, "FBBFBFBFBF" },
        { "6.10.3", false, "FDBFBFBFBFBF" },
        // 6.11: Other borders: around the surrogates, U+FFFD, the last character and the one behind it.
        { "6.11.1", true, "ED9FBF" },
        { "6.11.2", true, "EE8080" },
        { "6.11.3", true, "EFBFBD" },
        { "6.11.4", true, "F48FBFBF" },
        { "6.11.5", false, "F4908080" },
        // 6.12: Continuation octets without a start.
        { "6.12.1", false, "80" },
        { "6.12.2", false, "BF" },
        { "6.12.3", false, "80BF" },
        { "6.12.4", false, "80BF80" },
        { "6.12.5", false, "80BF80BF" },
        { "6.12.6", false, "80BF80BF80" },
        { "6.12.7", false, "80BF80BF80BF" },
        { "6.12.8", false,
        "808182838485868788898A8B8C8D8E8F909192939495969798999A9B9C9D9E9FA0A1A2A3A4A5A6A7A8A9AAABACADAEAFB0B1B2B3B4B5B6B7B8B9BABBBCBDBE" },
        // 6.13: Start octets, each with a space behind it.
        { "6.13.1", false, "C020C120C220C320C420C520C620C720C820C920CA20CB20CC20CD20CE20CF20D020D120D220D320D420D520D620D720D820D920DA20DB20DC20DD20DE20" },
        { "6.13.2", false, "E020E120E220E320E420E520E620E720E820E920EA20EB20EC20ED20EE20" },
        { "6.13.3", false, "F020F120F220F320F420F520F620" },
        { "6.13.4", false, "F820F920FA20" },
        { "6.13.5", false, "FC20" },
        // 6.14: Sequences without their last octet.
        { "6.14.1", false, "C0" },
        { "6.14.2", false, "E080" },
        { "6.14.3", false, "F08080" },
        { "6.14.4", false, "F8808080" },
        { "6.14.5", false, "FC80808080" },
        { "6.14.6", false, "DF" },
        { "6.14.7", false, "EFBF" },
        { "6.14.8", false, "F7BFBF" },
        { "6.14.9", false, "FBBFBFBF" },
        { "6.14.10", false, "FDBFBFBFBF" },
        // 6.15: All of those in a row.
        { "6.15.1", false, "C0E080F08080F8808080FC80808080DFEFBFF7BFBFFBBFBFBFFDBFBFBFBF" },
        // 6.16: Octets that stand in no text.
        { "6.16.1", false, "FE" },
        { "6.16.2", false, "FF" },
        { "6.16.3", false, "FEFEFFFF" },
        // 6.17: Overlong forms of an ASCII character.
        { "6.17.1", false, "C0AF" },
        { "6.17.2", false, "E080AF" },
        { "6.17.3", false, "F08080AF" },
        { "6.17.4", false, "F8808080AF" },
        { "6.17.5", false, "FC80808080AF" },
        // 6.18: The largest overlong forms.
        { "6.18.1", false, "C1BF" },
        { "6.18.2", false, "E09FBF" },
        { "6.18.3", false, "F08FBFBF" },
        { "6.18.4", false, "F887BFBFBF" },
        { "6.18.5", false, "FC83BFBFBFBF" },
        // 6.19: Overlong forms of NUL.
        { "6.19.1", false, "C080" },
        { "6.19.2", false, "E08080" },
        { "6.19.3", false, "F0808080" },
        { "6.19.4", false, "F880808080" },
        { "6.19.5", false, "FC8080808080" },
        // 6.20: Single surrogates.
        { "6.20.1", false, "EDA080" },
        { "6.20.2", false, "EDADBF" },
        { "6.20.3", false, "EDAE80" },
        { "6.20.4", false, "EDAFBF" },
        { "6.20.5", false, "EDB080" },
        { "6.20.6", false, "EDBE80" },
        { "6.20.7", false, "EDBFBF" },
        // 6.21: Pairs of surrogates.
        { "6.21.1", false, "EDA080EDB080" },
        { "6.21.2", false, "EDA080EDBFBF" },
        { "6.21.3", false, "EDADBFEDB080" },
        { "6.21.4", false, "EDADBFEDBFBF" },
        { "6.21.5", false, "EDAE80EDB080" },
        { "6.21.6", false, "EDAE80EDBFBF" },
        { "6.21.7", false, "EDAFBFEDB080" },
        { "6.21.8", false, "EDAFBFEDBFBF" },
        // 6.22: Noncharacters, which are valid.
        { "6.22.1", true, "EFBFBE" },
        { "6.22.2", true, "EFBFBF" },
        { "6.22.3", true, "F09FBFBE" },
        { "6.22.4", true, "F09FBFBF" },
        { "6.22.5", true, "F0AFBFBE" },
        { "6.22.6", true, "F0AFBFBF" },
        { "6.22.7", true, "F0BFBFBE" },
        { "6.22.8", true, "F0BFBFBF" },
        { "6.22.9", true, "F18FBFBE" },
        { "6.22.10", true, "F18FBFBF" },
        { "6.22.11", true, "F19FBFBE" },
        { "6.22.12", true, "F19FBFBF" },
        { "6.22.13", true, "F1AFBFBE" },
        { "6.22.14", true, "F1AFBFBF" },
        { "6.22.15", true, "F1BFBFBE" },
        { "6.22.16", true, "F1BFBFBF" },
        { "6.22.17", true, "F28FBFBE" },
        { "6.22.18", true, "F28FBFBF" },
        { "6.22.19", true, "F29FBFBE" },
        { "6.22.20", true, "F29FBFBF" },
        { "6.22.21", true, "F2AFBFBE" },
        { "6.22.22", true, "F2AFBFBF" },
        { "6.22.23", true, "F2BFBFBE" },
        { "6.22.24", true, "F2BFBFBF" },
        { "6.22.25", true, "F38FBFBE" },
        { "6.22.26", true, "F38FBFBF" },
        { "6.22.27", true, "F39FBFBE" },
        { "6.22.28", true, "F39FBFBF" },
        { "6.22.29", true, "F3AFBFBE" },
        { "6.22.30", true, "F3AFBFBF" },
        { "6.22.31", true, "F3BFBFBE" },
        { "6.22.32", true, "F3BFBFBF" },
        { "6.22.33", true, "F48FBFBE" },
        { "6.22.34", true, "F48FBFBF" },
        // 6.23: Specials: U+FFF9 to U+FFFF.
        { "6.23.1", true, "EFBFB9" },
        { "6.23.2", true, "EFBFBA" },
        { "6.23.3", true, "EFBFBB" },
        { "6.23.4", true, "EFBFBC" },
        { "6.23.5", true, "EFBFBD" },
        { "6.23.6", true, "EFBFBE" },
        { "6.23.7", true, "EFBFBF" },
    };
}
