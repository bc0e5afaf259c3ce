using System.ComponentModel;
using System.Globalization;

namespace Dmex.Fast.Signing.Conversion;

/// <summary>Converts an order hash from and to its text, for configuration binders and designers. Thread-safe.</summary>
internal sealed class OrderHashConverter : TypeConverter
{
    public override bool CanConvertFrom(ITypeDescriptorContext? context, Type sourceType) =>
        sourceType == typeof(string) || base.CanConvertFrom(context, sourceType);

    public override object? ConvertFrom(ITypeDescriptorContext? context, CultureInfo? culture, object value) =>
        value is string text ? OrderHash.Parse(text.AsSpan().Trim()) : base.ConvertFrom(context, culture, value);

    public override object? ConvertTo(ITypeDescriptorContext? context, CultureInfo? culture, object? value, Type destinationType) =>
        value is OrderHash && destinationType == typeof(string) ? value.ToString() : base.ConvertTo(context, culture, value, destinationType);
}
