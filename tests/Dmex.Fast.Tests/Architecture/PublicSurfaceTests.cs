using System.Reflection;
using Dmex.Fast.Signing;
using Xunit;

namespace Dmex.Fast.Tests.Architecture;

/// <summary>The public surface of the signing library cannot hand out a secret or take one as a string.</summary>
public sealed class PublicSurfaceTests
{
    private const BindingFlags PublicOnes = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    [Fact]
    public void A_key_is_never_taken_from_a_string()
    {
        var methods = typeof(SigningKey).GetMethods(PublicOnes).Cast<MethodBase>().Concat(typeof(SigningKey).GetConstructors(PublicOnes))
            .Where(method => method.GetCustomAttribute<ObsoleteAttribute>() is not { IsError: true });
        Assert.DoesNotContain(methods.SelectMany(method => method.GetParameters()), parameter => parameter.ParameterType == typeof(string));
    }

    [Fact]
    public void The_curve_and_the_lanes_are_internal()
    {
        var namespaces = typeof(SigningKey).Assembly.GetExportedTypes().Select(type => type.Namespace!);
        Assert.All(namespaces, name => Assert.Equal("Dmex.Fast.Signing", name));
    }
}
