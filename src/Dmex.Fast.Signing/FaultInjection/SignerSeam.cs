using Dmex.Fast.Signing.Curve;
using Dmex.Fast.Signing.Memory;

namespace Dmex.Fast.Signing.FaultInjection;

/// <summary>Where tests reach into a signature in the making, to feed values that do not occur and to imitate faults.</summary>
/// <param name="workspace">Its nonce is k^-1.</param>
/// <param name="point">R, normal.</param>
/// <param name="z">The digest modulo n.</param>
internal unsafe delegate void SignerSeam(SignerWorkspace* workspace, ref AffinePoint point, ref Scalar z);
