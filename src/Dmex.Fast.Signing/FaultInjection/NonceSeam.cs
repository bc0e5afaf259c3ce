using Dmex.Fast.Signing.Memory;

namespace Dmex.Fast.Signing.FaultInjection;

/// <summary>Where tests reach into a nonce in the making, to imitate a fault in its input or its computation.</summary>
/// <param name="workspace">Its digest words are written; the nonce is not computed yet.</param>
internal unsafe delegate void NonceSeam(SignerWorkspace* workspace);
