using System.Buffers;
using System.Text.Json;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Replies;

/// <summary>
/// The one walk over a message: gathers the facts of each object and array, and puts every hash with its container into the
/// ledger. As deep in calls as the message is nested; each byte is read once.
/// </summary>
internal static class ReplyWalk
{
    private const int HashDigits = 2 * OrderHash.Size;

    /// <summary>Walks an object or an array and leaves the reader on its end.</summary>
    /// <param name="reader">Stands on the beginning of the object or array.</param>
    /// <param name="parent">The container around it, or -1.</param>
    /// <param name="context">What its name says about it.</param>
    /// <param name="ledger">Where the hashes go.</param>
    /// <exception cref="JsonException">The rest is no JSON, or nested too deeply.</exception>
    public static ReplyFacts Walk(ref Utf8JsonReader reader, int parent, ReplyContext context, ref ReplyLedger ledger)
    {
        var isEcho = parent >= 0 && ledger.Nodes[parent].Scope == ReplyScope.Echo;
        var node = ledger.OpenNode(parent, isEcho ? ReplyScope.Echo : context.Scope);
        var entries = ledger.EntryCount;
        var facts = new ReplyFacts();
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            WalkObject(ref reader, node, context, ref facts, ref ledger);
        }
        else
        {
            WalkArray(ref reader, node, context, ref facts, ref ledger);
        }

        if (!facts.HasHash)
        {
            ledger.DropNode();
            return facts;
        }

        facts.Marks |= context.Inside;
        facts.CheckCounts(ledger.EntryCount - entries);
        ledger.Nodes[node].Facts = facts;
        return facts;
    }

    /// <summary>Whether a value opens an object or an array.</summary>
    public static bool IsContainer(JsonTokenType token) => token is JsonTokenType.StartObject or JsonTokenType.StartArray;

    /// <summary>Reads a hash: 64 hex digits in either case, with or without 0x or 0X.</summary>
    public static bool TryReadHash(ReadOnlySpan<byte> text, out OrderHash hash)
    {
        hash = default;
        if (text.Length == OrderHash.TextLength && text[0] == '0' && (text[1] | 0x20) == 'x')
        {
            text = text[2..];
        }

        Span<byte> bytes = stackalloc byte[OrderHash.Size];
        if (text.Length != HashDigits || Convert.FromHexString(text, bytes, out _, out _) != OperationStatus.Done)
        {
            return false;
        }

        hash = new OrderHash(bytes);
        return true;
    }

    private static void WalkObject(
        ref Utf8JsonReader reader, int node, ReplyContext context, ref ReplyFacts facts, ref ReplyLedger ledger)
    {
        while (!ledger.IsStoppedAtPart() && reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            if (reader.ValueSpan.Length >= HashDigits && TryReadHash(reader.ValueSpan, out var key))
            {
                VisitKeyedHash(ref reader, in key, node, context, ref facts, ref ledger);
                continue;
            }

            var name = ReplyNames.Find(in reader, out var isCut);
            facts.Marks |= isCut ? ReplyMarks.Broken : ReplyMarks.None;
            if (NeedsContext(in name))
            {
                var named = reader;
                _ = reader.Read();
                if (IsContainer(reader.TokenType))
                {
                    var unknown = ReplyContext.OfUnknown(in named, name.Field, context);
                    VisitContainer(ref reader, node, name.Field, unknown, ref facts, ref ledger);
                    continue;
                }
            }
            else
            {
                _ = reader.Read();
                if (IsContainer(reader.TokenType))
                {
                    VisitContainer(ref reader, node, name.Field, ReplyContext.Of(in name, context), ref facts, ref ledger);
                    continue;
                }
            }

            VisitValue(in reader, in name, node, context, ref facts, ref ledger);
        }
    }

    private static bool NeedsContext(in ReplyName name) =>
        name.Field is ReplyField.Other or ReplyField.StateLike or ReplyField.CodeLike or ReplyField.OpenLike
            or ReplyField.Remaining or ReplyField.Error;

    private static void VisitValue(
        in Utf8JsonReader reader, in ReplyName name, int node, ReplyContext context, ref ReplyFacts facts, ref ReplyLedger ledger)
    {
        var canBeHash = name.HashRank >= 0 || name.Field == ReplyField.IsCanceled;
        if (canBeHash && reader.TokenType == JsonTokenType.String && TryReadHash(reader.ValueSpan, out var hash))
        {
            AddHash(in hash, Math.Max((int)name.HashRank, 0), node, ref facts, ref ledger);
            facts.Marks |= context.InError ? ReplyMarks.Error : ReplyMarks.None;
            facts.Marks |= name.Field == ReplyField.IsCanceled ? ReplyMarks.Settled | ReplyMarks.Named : ReplyMarks.None;
            return;
        }

        NoteQuoted(in reader, name.Field, context.InError, ref ledger);
        facts.Marks |= ReplyValues.Read(in reader, name.Field, context.InError, ref facts);
    }

    // "Order 0x… not found": which order is meant when no property says it.
    private static void NoteQuoted(in Utf8JsonReader reader, ReplyField field, bool inError, ref ReplyLedger ledger)
    {
        var text = reader.ValueSpan;
        var isProse = inError || field is ReplyField.Text or ReplyField.Reason or ReplyField.Error;
        if (!isProse || text.Length < OrderHash.TextLength || reader.TokenType != JsonTokenType.String)
        {
            return;
        }

        NoteQuoted(text, ref ledger);
    }

    /// <summary>Notes every hash that a text quotes, with 0x before it.</summary>
    public static void NoteQuoted(ReadOnlySpan<byte> text, ref ReplyLedger ledger)
    {
        for (var start = text.IndexOf("0x"u8); start >= 0 && start + OrderHash.TextLength <= text.Length;)
        {
            if (TryReadHash(text.Slice(start, OrderHash.TextLength), out var hash))
            {
                ledger.AddQuoted(in hash);
            }

            var next = text[(start + 2)..].IndexOf("0x"u8);
            start = next < 0 ? -1 : start + 2 + next;
        }
    }

    // Of two names of different rank the higher counts; two of the same rank must agree.
    private static void AddHash(in OrderHash hash, int rank, int node, ref ReplyFacts facts, ref ReplyLedger ledger)
    {
        var entry = ledger.Add(in hash, node, rank);
        ref var place = ref ledger.Nodes[node];
        if (rank > place.HashRank)
        {
            place.HashRank = (sbyte)rank;
            place.HashEntry = entry;
        }
        else if (rank == place.HashRank && ledger.Entries[place.HashEntry].Hash != hash)
        {
            facts.Marks |= ReplyMarks.Broken;
        }

        facts.AddHashes(entry, areSeveral: false, in ledger);
    }

    private static void VisitContainer(
        ref Utf8JsonReader reader, int node, ReplyField field, ReplyContext inner, ref ReplyFacts facts, ref ReplyLedger ledger)
    {
        if (reader.TokenType == JsonTokenType.StartArray && inner is { CanHoldHashes: true, Scope: ReplyScope.Wrapper })
        {
            inner = inner with { Scope = ReplyScope.Hashes };
        }

        var child = Walk(ref reader, node, inner, ref ledger);
        if (child.HasHash)
        {
            // Beside a list of what was canceled, other hashes need a better reason.
            facts.AddKin(in child, in ledger);
            facts.Marks |= inner.Scope == ReplyScope.Canceled ? ReplyMarks.KinDoubt : ReplyMarks.None;
        }
        else if (inner.IsHarmless)
        {
            facts.Marks |= child.Has(ReplyMarks.Denied | ReplyMarks.Error) ? ReplyMarks.WeakError : ReplyMarks.None;
            facts.Marks |= child.Has(ReplyMarks.Against) ? ReplyMarks.WeakDoubt : ReplyMarks.None;
        }
        else if (inner is { Scope: ReplyScope.Canceled, InError: false })
        {
            // A list of what was canceled, and the order is not in it.
            facts.Marks |= ReplyMarks.Open;
        }
        else
        {
            facts.AddChild(in child, inner.InError, inner.Scope is ReplyScope.Wrapper or ReplyScope.Hashes && field != ReplyField.Echo);
            var canList = inner.Field is ReplyField.Hash or ReplyField.State or ReplyField.StateLike;
            var isEmptyList = canList && child.Marks == ReplyMarks.None && reader.TokenType == JsonTokenType.EndArray;
            facts.Marks |= isEmptyList ? ReplyMarks.WeakDoubt : ReplyMarks.None;
            if (child.ValueCount >= 0)
            {
                facts.AddValues(child.ValueCount);
            }
        }
    }

    private static void WalkArray(
        ref Utf8JsonReader reader, int node, ReplyContext context, ref ReplyFacts facts, ref ReplyLedger ledger)
    {
        const ReplyMarks Claims = ReplyMarks.Claims | ReplyMarks.Named;
        var common = Claims;
        var values = 0;
        var items = context.OfItems;
        for (var index = 0; !ledger.IsStoppedAtPart() && reader.Read() && reader.TokenType != JsonTokenType.EndArray; index++)
        {
            if (IsContainer(reader.TokenType))
            {
                VisitContainer(ref reader, node, context.Field, items, ref facts, ref ledger);
            }
            else if (context.CanHoldHashes && reader.TokenType == JsonTokenType.String && TryReadHash(reader.ValueSpan, out var hash))
            {
                facts.AddHashes(ledger.Add(in hash, node, 0), areSeveral: false, in ledger);
                facts.Marks |= context.InError ? ReplyMarks.Error : ReplyMarks.None;
            }
            else if (context.IsRoot)
            {
                // ["event",{…}]
                var field = index == 0 ? ReplyField.Operation : ReplyField.Text;
                facts.Marks |= reader.TokenType == JsonTokenType.String
                    ? ReplyValues.Read(in reader, field, inError: false, ref facts) : ReplyMarks.None;
            }
            else if (!context.IsHarmless)
            {
                // Claims hold only when every value makes them; doubts when any does.
                NoteQuoted(in reader, context.Field, context.InError, ref ledger);
                var marks = ReplyValues.ReadItem(in reader, context.Field, context.InError, ref facts);
                common &= marks;
                facts.Marks |= marks & ~Claims;
                values++;
            }
        }

        if (values > 0)
        {
            facts.Marks |= common;
            facts.AddValues(values);
        }
    }

    // {"canceled":{"0x…":…}}: the value says what became of the order.
    private static void VisitKeyedHash(
        ref Utf8JsonReader reader, in OrderHash hash, int node, ReplyContext context, ref ReplyFacts facts, ref ReplyLedger ledger)
    {
        var place = ledger.OpenNode(node, ReplyScope.Wrapper);
        var entry = ledger.Add(in hash, place, 0);
        _ = reader.Read();
        var own = new ReplyFacts();
        own.AddHashes(entry, areSeveral: false, in ledger);
        own.Marks |= context.Inside;
        if (IsContainer(reader.TokenType))
        {
            var child = Walk(ref reader, place, context.OfItems, ref ledger);
            if (child.HasHash)
            {
                own.AddKin(in child, in ledger);
            }
            else
            {
                own.AddChild(in child, context.InError, isWrapper: true);
            }
        }
        else
        {
            own.Marks |= ReplyValues.Read(in reader, context.InError ? ReplyField.Error : ReplyField.State, context.InError, ref own);
        }

        own.Marks |= context.InError ? ReplyMarks.Error : ReplyMarks.None;
        ledger.Nodes[place].Facts = own;
        facts.AddKin(in own, in ledger);
    }
}
