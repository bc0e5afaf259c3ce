using System.ComponentModel;
using System.Globalization;

namespace Dmex.Fast.Signing.Conversion;

/// <summary>Converts a value from and to its text, for configuration binders and designers. Thread-safe.</summary>
/// <typeparam name="T">The value, whose <see cref="object.ToString"/> is what it parses.</typeparam>
internal sealed class TextConverter<T> : TypeConverter
    where T : struct, ISpanParsable<T>
{
    public override bool CanConvertFrom(ITypeDescriptorContext? context, Type sourceType) =>
        sourceType == typeof(string) || base.CanConvertFrom(context, sourceType);

    public override object? ConvertFrom(ITypeDescriptorContext? context, CultureInfo? culture, object value) =>
        value is string text ? T.Parse(text.AsSpan().Trim(), culture) : base.ConvertFrom(context, culture, value);

    public override object? ConvertTo(ITypeDescriptorContext? context, CultureInfo? culture, object? value, Type destinationType) =>
        value is T && destinationType == typeof(string) ? value.ToString() : base.ConvertTo(context, culture, value, destinationType);
}
