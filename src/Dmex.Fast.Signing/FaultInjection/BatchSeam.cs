using Dmex.Fast.Signing.Memory;

namespace Dmex.Fast.Signing.FaultInjection;

/// <summary>Where tests reach into a block of signatures in the making, to feed values that do not occur and to imitate faults.</summary>
/// <param name="workspace">The block's memory.</param>
/// <param name="stage">What has just been computed.</param>
internal unsafe delegate void BatchSeam(BatchWorkspace* workspace, BatchStage stage);
