using System.Text.Json;
using Dmex.Fast.Venue.Verification;

namespace Dmex.Fast.Venue.Orders;

/// <summary>
/// Reads <c>{"op":"cancel_order","data":{"order_hash":"0x…","v":27,"r":"0x…","s":"0x…"}}</c>: exactly these members, each
/// once, in any order; hash, r and s as <c>0x</c> and 64 lower-case hex digits; v the number 27 or 28. Strict on purpose,
/// so that a client's message is known to be exactly the documented one. Never throws, whatever the bytes are.
/// </summary>
internal static class CancelRequestParser
{
    [Flags]
    private enum Members
    {
        None = 0,
        Op = 1,
        Data = 2,
        Hash = 4,
        V = 8,
        R = 16,
        S = 32,
        All = Op | Data | Hash | V | R | S,
    }

    public static CancelRequest Parse(ReadOnlySpan<byte> message)
    {
        var state = new State();
        try
        {
            var reader = new Utf8JsonReader(message, new JsonReaderOptions { MaxDepth = 16 });
            ReadMessage(ref reader, ref state);
        }
        catch (JsonException)
        {
            return new CancelRequest { Problem = "the message is not valid JSON" };
        }

        if (state.OtherOperation)
        {
            return new CancelRequest { OtherOperation = true, Problem = "the operation is not known", Hash = state.Hash };
        }

        if (state.Problem is null && state.Seen != Members.All)
        {
            state.Problem = "a field is missing: op, data, order_hash, v, r and s are needed";
        }

        return new CancelRequest { Hash = state.Hash, V = state.V, Scalars = state.Scalars, Problem = state.Problem };
    }

    private static void ReadMessage(ref Utf8JsonReader reader, ref State state)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            state.Fail("the message is not a JSON object");
            ReadToEnd(ref reader);
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (IsNamed(in reader, "op"u8))
            {
                state.See(Members.Op);
                reader.Read();
                ReadOperation(ref reader, ref state);
            }
            else if (IsNamed(in reader, "data"u8))
            {
                state.See(Members.Data);
                reader.Read();
                ReadData(ref reader, ref state);
            }
            else
            {
                state.Fail("a field beside op and data");
                reader.Skip();
            }
        }

        ReadToEnd(ref reader);
    }

    private static void ReadOperation(ref Utf8JsonReader reader, ref State state)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            state.Fail("op is not a string");
            reader.Skip();
        }
        else if (reader.ValueIsEscaped || !reader.ValueSpan.SequenceEqual("cancel_order"u8))
        {
            state.OtherOperation = true;
        }
    }

    private static void ReadData(ref Utf8JsonReader reader, ref State state)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            state.Fail("data is not an object");
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (IsNamed(in reader, "order_hash"u8))
            {
                ReadHash(ref reader, ref state);
            }
            else if (IsNamed(in reader, "v"u8))
            {
                ReadV(ref reader, ref state);
            }
            else if (IsNamed(in reader, "r"u8))
            {
                ReadScalar(ref reader, ref state, Members.R, 0, "r is not 0x and 64 lower-case hex digits");
            }
            else if (IsNamed(in reader, "s"u8))
            {
                ReadScalar(ref reader, ref state, Members.S, 32, "s is not 0x and 64 lower-case hex digits");
            }
            else
            {
                state.Fail("a field in data beside order_hash, v, r and s");
                reader.Skip();
            }
        }
    }

    private static void ReadHash(ref Utf8JsonReader reader, ref State state)
    {
        state.See(Members.Hash);
        reader.Read();
        if (IsPlainString(in reader) && VenueHash.TryParse(reader.ValueSpan, out var hash))
        {
            state.Hash = hash;
            return;
        }

        state.Fail("order_hash is not 0x and 64 lower-case hex digits");
        reader.Skip();
    }

    private static void ReadV(ref Utf8JsonReader reader, ref State state)
    {
        state.See(Members.V);
        reader.Read();
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var v) && v is 27 or 28)
        {
            state.V = v;
            return;
        }

        state.Fail("v is not the number 27 or 28");
        reader.Skip();
    }

    private static void ReadScalar(ref Utf8JsonReader reader, ref State state, Members member, int offset, string problem)
    {
        state.See(member);
        reader.Read();
        Span<byte> scalars = state.Scalars;
        if (!IsPlainString(in reader) || !VenueHash.TryReadHex(reader.ValueSpan, scalars.Slice(offset, 32)))
        {
            state.Fail(problem);
            reader.Skip();
        }
    }

    // Escapes are legal JSON but never the documented form; leaving them undecoded also keeps lone surrogates away from
    // the reader's string methods, which throw on them.
    private static bool IsPlainString(in Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.String && !reader.ValueIsEscaped;

    private static bool IsNamed(in Utf8JsonReader reader, ReadOnlySpan<byte> name) =>
        !reader.ValueIsEscaped && reader.ValueSpan.SequenceEqual(name);

    // What follows must still be valid JSON, or the hash is not to be trusted.
    private static void ReadToEnd(ref Utf8JsonReader reader)
    {
        while (reader.Read())
        {
        }
    }

    private ref struct State
    {
        public Members Seen;
        public VenueHash? Hash;
        public int V;
        public SignatureScalars Scalars;
        public string? Problem;
        public bool OtherOperation;

        public void See(Members member)
        {
            if ((Seen & member) != Members.None)
            {
                Fail("a field appears twice");
            }

            Seen |= member;
        }

        // The first problem is the one that is reported.
        public void Fail(string problem) => Problem ??= problem;
    }
}
