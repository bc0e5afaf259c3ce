namespace Dmex.Fast.Standby.Generations;

/// <summary>What a stream says of generations and fences, record by record. Not thread-safe.</summary>
internal sealed class GenerationLog
{
    private readonly List<GenerationFence> _fences = [];
    private bool _isAcknowledged;

    /// <summary>The latest claim; null: none was ever made.</summary>
    public GenerationRecord? Claim { get; private set; }

    /// <summary>Whose orders the stream holds, and where; null: no claim was read that says so.</summary>
    public StandbyOwner? Owner => Claim is { } claim && Uri.TryCreate(claim.Endpoint, UriKind.Absolute, out var endpoint)
        ? new StandbyOwner(claim.Account, endpoint) { Ttl = claim.Ttl }
        : null;

    /// <summary>The latest generation; 0: none.</summary>
    public uint Generation { get; private set; }

    /// <summary>The fenced generation that the latest claim acknowledged.</summary>
    public uint Acknowledged { get; private set; }

    /// <summary>The highest fenced generation; 0: none.</summary>
    public uint Fenced { get; private set; }

    /// <summary>The fences of the highest fenced generation, in the order of the stream.</summary>
    public IReadOnlyList<GenerationFence> Fences => _fences;

    /// <summary>The id of the first of them; 0: there is none.</summary>
    public ulong FenceId { get; private set; }

    /// <summary>
    /// Whether the latest generation is fenced, so that only a resume may follow it. A cluster that lost its disks may have the fence
    /// again and not the claim.
    /// </summary>
    public bool IsFenced => Fenced != 0 && Fenced >= Generation;

    /// <summary>
    /// Whether an operator has acknowledged the fence of the latest generation: an engine may follow it. A later fence ends that.
    /// </summary>
    public bool IsAcknowledged => IsFenced && _isAcknowledged;

    /// <summary>The session that made the latest claim.</summary>
    public ulong ClaimSession { get; private set; }

    /// <summary>Where the latest claim is in the stream.</summary>
    public ulong ClaimSequence { get; private set; }

    /// <summary>A claim.</summary>
    public void Add(GenerationRecord claim, ulong session, ulong sequence)
    {
        if (claim.Generation > Generation)
        {
            Claim = claim;
            ClaimSession = session;
            ClaimSequence = sequence;
            Generation = claim.Generation;
            Acknowledged = claim.Acknowledged;
        }
    }

    /// <summary>The claim that a snapshot kept, where the stream has none any more.</summary>
    public void AddKept(GenerationRecord? claim)
    {
        if (claim is not null && claim.Generation > (Claim?.Generation ?? 0))
        {
            Claim = claim;
        }
    }

    /// <summary>An operator has looked, and says that an engine may follow a fence.</summary>
    public void Acknowledge(ulong fenceId) => _isAcknowledged |= HasFence(fenceId);

    /// <summary>A fence: a maximum, which counts once or ten times the same.</summary>
    public void Add(GenerationFence fence)
    {
        if (fence.Generation < Fenced || _fences.Exists(known => known.Id == fence.Id))
        {
            return;
        }

        if (fence.Generation > Fenced)
        {
            _fences.Clear();
            Fenced = fence.Generation;
            FenceId = fence.Id;
        }

        _isAcknowledged = false;
        _fences.Add(fence);
    }

    /// <summary>What a snapshot says of claims and fences that may be purged.</summary>
    public void Add(uint generation, uint acknowledged, uint fenced, ulong fenceId)
    {
        if (generation > Generation)
        {
            Generation = generation;
            Acknowledged = acknowledged;
        }

        if (fenced > Fenced)
        {
            _fences.Clear();
            _isAcknowledged = false;
            Fenced = fenced;
            FenceId = fenceId;
        }
    }

    /// <summary>Whether a fence of the highest fenced generation has an id.</summary>
    public bool HasFence(ulong id) => (FenceId == id && id != 0) || _fences.Exists(fence => fence.Id == id);
}
