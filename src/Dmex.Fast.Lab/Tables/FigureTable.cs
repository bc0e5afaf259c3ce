using Spectre.Console;

namespace Dmex.Fast.Lab.Tables;

/// <summary>
/// A table of figures whose first column names them. Where the terminal is too narrow for all columns, the figures are printed as several
/// tables below one another, each with the first column: a figure is never broken.
/// </summary>
internal sealed class FigureTable
{
    private const int WidthWithoutTerminal = 120;
    private const int Gap = 3;

    private readonly string _title;
    private readonly string[] _columns;
    private readonly int[] _groups;
    private readonly List<string[]> _rows = [];

    /// <summary>Makes a table.</summary>
    /// <param name="title">Of the first column.</param>
    /// <param name="columns">Of the others.</param>
    /// <param name="groups">How many columns belong together, from the left on; each by itself when there are none.</param>
    public FigureTable(string title, IEnumerable<string> columns, params int[] groups)
    {
        _title = title;
        _columns = [.. columns];
        _groups = groups.Length > 0 ? groups : [.. Enumerable.Repeat(1, _columns.Length)];
    }

    /// <summary>Adds a row.</summary>
    /// <param name="name">What the figures are.</param>
    /// <param name="figures">One for each column.</param>
    public void Add(string name, params IEnumerable<string> figures) => _rows.Add([name, .. figures]);

    /// <summary>Prints to standard output; plain when it is not a terminal.</summary>
    public void Write()
    {
        // A file or a pipe has no width of its own, and a wrapped number is no number.
        var width = Console.IsOutputRedirected ? WidthWithoutTerminal : AnsiConsole.Profile.Width;
        var name = Width(0);
        for (var (first, group) = (0, 0); first < _columns.Length;)
        {
            var (count, used) = (0, name);
            for (; group < _groups.Length && (count == 0 || used + GroupWidth(first + count, _groups[group]) <= width); group++)
            {
                used += GroupWidth(first + count, _groups[group]);
                count += _groups[group];
            }

            Write(first, count, Math.Max(width, used + Gap));
            first += count;
        }
    }

    private int GroupWidth(int first, int count) => Enumerable.Range(first + 1, count).Sum(Width);

    private int Width(int column) =>
        Gap + Math.Max(column == 0 ? _title.Length : _columns[column - 1].Length, _rows.Max(row => row[column].Length));

    private void Write(int first, int count, int width)
    {
        var table = new Table().Border(TableBorder.Simple);
        _ = table.AddColumn(new TableColumn(Markup.Escape(_title)).NoWrap());
        foreach (var title in _columns.AsSpan(first, count))
        {
            _ = table.AddColumn(new TableColumn(Markup.Escape(title)).RightAligned().NoWrap().Padding(1, 0));
        }

        foreach (var row in _rows)
        {
            _ = table.AddRow([Markup.Escape(row[0]), .. row[(first + 1)..(first + 1 + count)].Select(Markup.Escape)]);
        }

        var before = AnsiConsole.Profile.Width;
        AnsiConsole.Profile.Width = width;
        AnsiConsole.Write(table);
        AnsiConsole.Profile.Width = before;
    }
}
