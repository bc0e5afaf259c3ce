using System.Text.Json.Serialization;

namespace Dmex.Fast.Lab.Peers;

/// <summary>Serializers made at compile time, which are the fastest that System.Text.Json has.</summary>
[JsonSerializable(typeof(UsualCancelMessage))]
internal sealed partial class UsualJson : JsonSerializerContext;
