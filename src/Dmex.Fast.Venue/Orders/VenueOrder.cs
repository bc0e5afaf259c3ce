namespace Dmex.Fast.Venue.Orders;

/// <summary>One order: its owner never changes, its state once at most. Thread-safe.</summary>
internal sealed class VenueOrder(in VenueAddress owner)
{
    private readonly VenueAddress _owner = owner;
    private int _state = (int)VenueOrderState.Open;

    public ref readonly VenueAddress Owner => ref _owner;

    public VenueOrderState State => (VenueOrderState)Volatile.Read(ref _state);

    /// <summary>Closes the order if it is open.</summary>
    /// <returns>False when it was closed before.</returns>
    public bool TryClose(VenueOrderState state) =>
        Interlocked.CompareExchange(ref _state, (int)state, (int)VenueOrderState.Open) == (int)VenueOrderState.Open;
}
