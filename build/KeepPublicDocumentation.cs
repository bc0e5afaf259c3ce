using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Xml.Linq;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>A build task: removes from a documentation file every member that the files of the public API do not name.</summary>
public class KeepPublicDocumentation : Task
{
    private static readonly string[] Modifiers =
    {
        "~", "abstract ", "const ", "override ", "readonly ", "static ", "virtual ", "implicit ", "explicit ",
    };

    /// <summary>The documentation file; rewritten in place.</summary>
    [Required]
    public string Documentation { get; set; }

    /// <summary>The files of the public API.</summary>
    [Required]
    public string[] PublicApi { get; set; }

    /// <inheritdoc/>
    public override bool Execute()
    {
        var names = new HashSet<string>(PublicApi.SelectMany(File.ReadAllLines).Select(NameOf), StringComparer.Ordinal);
        var document = XDocument.Load(Documentation, LoadOptions.PreserveWhitespace);
        foreach (var member in document.Descendants("member").ToList())
        {
            if (!IsPublic((string)member.Attribute("name"), names))
            {
                member.Remove();
            }
        }

        document.Save(Documentation, SaveOptions.DisableFormatting);
        return true;
    }

    /// <summary>The full name in a line such as <c>static N.Type.Member(int x) -> int</c>, without accessors.</summary>
    private static string NameOf(string line)
    {
        while (Modifiers.FirstOrDefault(modifier => line.StartsWith(modifier, StringComparison.Ordinal)) is { } found)
        {
            line = line.Substring(found.Length);
        }

        var end = line.IndexOfAny(new[] { '(', ' ', '[' });
        line = end < 0 ? line : line.Substring(0, end);
        foreach (var accessor in new[] { ".get", ".set", ".init" })
        {
            line = line.EndsWith(accessor, StringComparison.Ordinal) ? line.Substring(0, line.Length - accessor.Length) : line;
        }

        return line;
    }

    /// <summary>Whether an identifier such as <c>M:N.Type.#ctor(System.Int32)</c> is of the public API.</summary>
    private static bool IsPublic(string id, HashSet<string> names)
    {
        var name = id.Substring(2).Split('(', '~')[0];
        if (id[0] == 'T')
        {
            return names.Contains(name);
        }

        var dot = name.LastIndexOf('.');
        var (type, member) = (name.Substring(0, dot), name.Substring(dot + 1));
        return names.Contains(type) && (member.StartsWith("op_", StringComparison.Ordinal)
            || names.Contains(member == "#ctor" ? type + "." + type.Substring(type.LastIndexOf('.') + 1)
                : member == "Item" ? type + ".this" : name));
    }
}
