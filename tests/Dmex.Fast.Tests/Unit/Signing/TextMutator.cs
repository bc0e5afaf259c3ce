namespace Dmex.Fast.Tests.Unit.Signing;

/// <summary>Texts around a valid one, and texts that never were valid.</summary>
internal static class TextMutator
{
    private static readonly char[] Interesting =
    [
        '0', '9', 'a', 'f', 'A', 'F', 'g', 'G', 'x', 'X', '/', ':', '@', '`', ' ', '\t', '\n', '\0', '\u007f', '\u0080', '\u00ff',
        '\u0130', '\u0660', '\u0430', '\u2028', '\uff10', '\uff21', '\ud800', '\udc00', '\ufeff', '\uffff',
    ];

    public static string Mutate(Random random, string valid)
    {
        var text = valid.ToCharArray().ToList();
        for (var edits = random.Next(4); edits > 0; edits--)
        {
            var position = random.Next(text.Count + 1);
            switch (random.Next(6))
            {
                case 0 when position < text.Count:
                    text[position] = Character(random);
                    break;
                case 1:
                    text.Insert(position, Character(random));
                    break;
                case 2 when position < text.Count:
                    text.RemoveAt(position);
                    break;
                case 3:
                    text.RemoveRange(position, text.Count - position);
                    break;
                case 4:
                    text.AddRange(text.GetRange(0, position));
                    break;
                case 5:
                    text = [.. Enumerable.Range(0, random.Next(140)).Select(_ => Character(random))];
                    break;
                default:
                    break;
            }
        }

        return new string([.. text]);
    }

    /// <summary>The UTF-8 of a text, at times with a byte that is no UTF-8.</summary>
    public static byte[] ToBytes(Random random, string text)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(text);
        if (bytes.Length > 0 && random.Next(4) == 0)
        {
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        }

        return bytes;
    }

    private static char Character(Random random) => random.Next(3) switch
    {
        0 => Interesting[random.Next(Interesting.Length)],
        1 => "0123456789abcdefABCDEF"[random.Next(22)],
        _ => (char)random.Next(0x10000),
    };
}
